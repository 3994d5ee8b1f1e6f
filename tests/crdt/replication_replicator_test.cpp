#include "crdt/replication/replicator.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <string>
#include <vector>

using namespace rollcall::crdt;
using namespace std::chrono_literals;

namespace {

constexpr replica_tag self{1};
constexpr replica_tag other{2};

/// A replicator of "self" with defaults but a window of 100 bytes; histories
/// are as long as `written` says.
struct one_replicator {
  replicator out{self, {50ms, 100, 1000ms}};
  std::map<replica_tag, std::uint64_t> written;
  tick_time now{1s};

  void write(replica_tag which = self, std::uint64_t count = 1) {
    written[which] += count;
    out.wrote(which, now);
  }

  std::vector<send_interval> due() {
    return out.due(
        [this](replica_tag which) {
          return progress{written[which], written[which]};
        },
        now);
  }

  /// How much its reader has before the one interval that is due.
  std::uint64_t due_after() {
    const auto round = due();
    BOOST_REQUIRE(round.size() == 1u);
    return round[0].known.seen;
  }

  /// Sends all that is due, `chunk` writes at a time. @returns how often.
  int send_all(std::uint64_t chunk = 1'000'000, std::size_t bytes = 10) {
    int count = 0;
    for (auto round = due(); !round.empty(); round = due())
      for (const auto& wanted : round) {
        const auto to
            = std::min(wanted.known.seen + chunk, written[wanted.replica]);
        for (const auto& peer : wanted.peers)
          out.sent(peer, wanted.replica, {to, to}, bytes, now);
        ++count;
      }
    return count;
  }

  void hear(const std::string& peer, std::uint64_t seen,
            replica_tag which = self) {
    out.heard(peer, {true, {{which, {seen, seen}}}}, now);
  }

  /// A peer that knows nothing yet.
  void connect(const std::string& peer) {
    out.open(peer);
    hear(peer, 0);
    send_all();
  }

  /// A peer that knows nothing yet, and wants what `other` writes passed on.
  void relay_to(const std::string& peer) {
    connect(peer);
    out.heard(peer, {true, {{self, {}}, {other, {}}}}, now);
    out.relay(peer, {other});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(replicator_tests, one_replicator)

BOOST_AUTO_TEST_CASE(nothing_is_sent_before_the_peer_told_what_it_knows) {
  out.open("b");
  write();
  BOOST_TEST(due().empty());
  out.requested("b", other, {}, now);
  BOOST_TEST(due().empty());
  hear("b", 0);
  BOOST_TEST(due().size() == 1u);
}

// It would have been sent in vain, and again only after `resend_after`.
BOOST_AUTO_TEST_CASE(nothing_is_sent_to_a_peer_that_does_not_know_the_writer) {
  out.open("b");
  write();
  hear("b", 9, other);
  BOOST_TEST(due().empty());
  now += 200ms;
  hear("b", 0);
  BOOST_TEST(due().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_peer_gets_what_follows_what_it_has) {
  write(self, 10);
  out.open("b");
  hear("b", 7);
  BOOST_TEST(due_after() == 7u);
}

BOOST_AUTO_TEST_CASE(the_first_write_after_a_pause_goes_at_once) {
  connect("b");
  now += 1s;
  write();
  BOOST_TEST((out.next_flush() == now));
  BOOST_TEST(send_all() == 1);
}

BOOST_AUTO_TEST_CASE(under_load_one_flush_goes_each_broadcast_period) {
  connect("b");
  now += 1s;
  int flushes = 0;
  for (const auto end = now + 500ms; now < end; now += 1ms) {
    write();
    flushes += send_all(1'000'000, 1);
    hear("b", written[self]);
  }
  BOOST_TEST(flushes == 10);
}

BOOST_AUTO_TEST_CASE(peers_that_know_the_same_get_the_same_interval) {
  connect("b");
  connect("c");
  connect("d");
  hear("d", 0);
  now += 1s;
  write();
  const auto round = due();
  BOOST_REQUIRE(round.size() == 1u);
  BOOST_TEST(round[0].peers.size() == 3u);
}

BOOST_AUTO_TEST_CASE(what_a_peer_owes_stays_below_window_and_one_chunk) {
  connect("b");
  write(self, 1000);
  now += 1s;
  send_all(1, 30);
  BOOST_TEST(out.unacknowledged("b") == 120u);
}

BOOST_AUTO_TEST_CASE(several_histories_share_one_window) {
  connect("b");
  out.heard("b", {true, {{self, {}}, {other, {}}, {{3}, {}}}}, now);
  out.relay("b", {other, {3}});
  write(self, 1000);
  write(other, 1000);
  write({3}, 1000);
  now += 1s;
  send_all(1, 60);
  BOOST_TEST(out.unacknowledged("b") == 120u);
}

// A sync of more than the window stopped until somebody wrote.
BOOST_AUTO_TEST_CASE(a_transfer_larger_than_the_window_goes_on_by_itself) {
  connect("b");
  write(self, 10);
  now += 1s;
  send_all(1, 50);
  BOOST_TEST(!out.next_flush());
  hear("b", 2);
  BOOST_REQUIRE(out.next_flush().has_value());
  BOOST_TEST(send_all(1, 50) == 2);
}

BOOST_AUTO_TEST_CASE(a_long_history_does_not_hold_up_another) {
  relay_to("b");
  write(self, 3);
  write(other, 3);
  now += 1s;
  std::vector<replica_tag> order;
  for (auto round = due(); !round.empty(); round = due()) {
    order.push_back(round[0].replica);
    const auto to = round[0].known.seen + 1;
    out.sent("b", round[0].replica, {to, to}, 1, now);
  }
  BOOST_REQUIRE(order.size() == 6u);
  BOOST_TEST((order[0] != order[1]));
  BOOST_TEST((order[1] != order[2]));
}

BOOST_AUTO_TEST_CASE(what_is_acknowledged_frees_the_window) {
  connect("b");
  now += 1s;
  write(self, 2);
  send_all(1, 10);
  BOOST_TEST(out.unacknowledged("b") == 20u);
  hear("b", 1);
  BOOST_TEST(out.unacknowledged("b") == 10u);
  BOOST_TEST(out.acknowledged("b").seen == 1u);
  out.close("b");
  BOOST_TEST(out.unacknowledged("b") == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_not_acknowledged_is_sent_again_ever_more_rarely) {
  connect("b");
  write();
  std::vector<tick_time> sent;
  for (const auto end = now + 20s; now < end; now += 100ms) {
    if (send_all() > 0)
      sent.push_back(now);
    hear("b", 0);
  }
  BOOST_TEST(sent.size() == 5u); // at once, and after 1, 2, 4, 8 seconds
}

BOOST_AUTO_TEST_CASE(an_answer_that_moves_makes_resending_quick_again) {
  connect("b");
  write(self, 2);
  for (const auto end = now + 8s; now < end; now += 100ms) {
    send_all();
    hear("b", 0);
  }
  hear("b", 1);
  now += 1100ms;
  hear("b", 1);
  BOOST_TEST(send_all() == 1);
}

BOOST_AUTO_TEST_CASE(a_peer_that_has_forgotten_is_told_all_again) {
  connect("b");
  write(self, 5);
  send_all();
  hear("b", 5);
  hear("b", 0);
  BOOST_TEST(due_after() == 0u);
}

BOOST_AUTO_TEST_CASE(what_came_another_way_is_not_sent) {
  connect("b");
  now += 1s;
  write(self, 5);
  hear("b", 5);
  BOOST_TEST(send_all() == 0);
}

BOOST_AUTO_TEST_CASE(a_question_is_answered_and_no_more_than_that) {
  connect("b");
  written[other] = 5;
  out.requested("b", other, {3, 3}, now);
  BOOST_TEST(due_after() == 3u);
  out.sent("b", other, {5, 5}, 10, now);
  out.heard("b", {true, {{self, {}}, {other, {5, 5}}}}, now);
  now += 1s;
  write(other);
  BOOST_TEST(due().empty());
}

// Who hears the writer again has no reason to tell of it to whom it asked.
BOOST_AUTO_TEST_CASE(an_answer_that_nobody_acknowledges_is_owed_for_a_while) {
  connect("b");
  write(other, 5);
  out.requested("b", other, {3, 3}, now);
  BOOST_TEST(send_all() == 1);
  now += 900ms;
  out.heard("b", {}, now);
  BOOST_TEST(out.unacknowledged("b") == 10u);
  now += 101ms;
  out.heard("b", {}, now);
  BOOST_TEST(out.unacknowledged("b") == 0u);
  BOOST_TEST(send_all() == 0);
  write(other);
  BOOST_TEST(send_all() == 0);
}

BOOST_AUTO_TEST_CASE(a_relay_passes_on_what_is_written_until_it_is_none) {
  relay_to("b");
  send_all();
  now += 1s;
  write(other);
  BOOST_TEST(send_all() == 1);
  out.heard("b", {true, {{self, {}}, {other, {1, 1}}}}, now);
  out.relay("b", {});
  now += 1s;
  write(other);
  BOOST_TEST(send_all() == 0);
}

BOOST_AUTO_TEST_CASE(what_is_forgotten_is_not_sent_and_not_counted) {
  relay_to("b");
  write(other, 5);
  now += 1s;
  send_all();
  BOOST_TEST(out.unacknowledged("b") == 10u);
  out.forget(other);
  BOOST_TEST(out.unacknowledged("b") == 0u);
  BOOST_TEST(due().empty());
}

BOOST_AUTO_TEST_CASE(what_a_report_leaves_out_is_as_it_was) {
  connect("b");
  write(self, 5);
  now += 1s;
  send_all();
  out.heard("b", {false, {{other, {3, 3}}}}, now);
  BOOST_TEST(out.unacknowledged("b") == 10u);
  out.heard("b", {false, {{self, {5, 5}}}}, now);
  BOOST_TEST(out.unacknowledged("b") == 0u);
  BOOST_TEST(out.told("b").size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_replica_that_a_peer_tells_no_more_of_is_not_sent) {
  connect("b");
  out.relay("b", {other});
  out.heard("b", {false, {{other, {}}}}, now);
  write(other, 5);
  now += 1s;
  send_all();
  BOOST_TEST(out.unacknowledged("b") == 10u);
  out.heard("b", {false, {{other, {}, false, true}}}, now);
  BOOST_TEST(out.unacknowledged("b") == 0u);
  now += 1s;
  write(other, 6);
  BOOST_TEST(send_all() == 0);
}

BOOST_AUTO_TEST_CASE(an_empty_report_sends_again_what_seems_lost) {
  connect("b");
  write(self, 5);
  now += 1s;
  send_all();
  now += 2s;
  out.heard("b", {}, now);
  BOOST_TEST(send_all() == 1);
}

BOOST_AUTO_TEST_CASE(a_peer_that_makes_replicas_up_fills_no_memory) {
  connect("b");
  for (std::uint64_t i = 100; i < 10'000; ++i)
    out.heard("b", {false, {{{i}, {1, 1}}}}, now);
  BOOST_TEST(out.told("b").size() == 2 * nodes_max + 2);
}

BOOST_AUTO_TEST_CASE(one_replica_is_asked_for_once_in_a_while) {
  BOOST_TEST(out.may_ask(other, now));
  BOOST_TEST(!out.may_ask(other, now + 249ms));
  BOOST_TEST(out.may_ask({3}, now));
  BOOST_TEST(out.may_ask(other, now + 250ms));
}

BOOST_AUTO_TEST_CASE(a_new_connection_starts_from_what_the_peer_tells) {
  connect("b");
  write(self, 5);
  now += 1s;
  send_all(2);
  out.close("b");
  BOOST_TEST(due().empty());
  out.open("b");
  hear("b", 4);
  BOOST_TEST(due_after() == 4u);
}

BOOST_AUTO_TEST_SUITE_END()
