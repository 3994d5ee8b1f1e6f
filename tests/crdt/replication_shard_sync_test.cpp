#include "crdt/replication/shard_sync.hpp"
#include "tests/support/counting_allocator.hpp"
#include "tests/support/owned_interval.hpp"
#include "tests/support/watched_set.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

using namespace rollcall::crdt;
using namespace std::chrono_literals;
using rollcall::test::owned_interval;
using rollcall::test::replica;
using rollcall::test::watched_set;

namespace {

constexpr tick_time now{1s};

/// Shard 0 of node "here" with a connection to "b", the owner of what is shown,
/// and to "c", which hears it too.
struct one_shard {
  watched_set state{replica("here")};
  shard_sync sync{state.set, {}};
  watched_set owner{replica("b")};
  watched_set third{replica("c")};
  node_incarnation b{"b", 1};
  node_incarnation c{"c", 1};
  std::vector<interval_request> requests; ///< Of the last step.
  std::set<std::string> reports_due;      ///< Likewise.
  std::size_t bytes = 100;                ///< Of an interval that comes.

  one_shard() {
    owner.join("room", "alice", 1);
    owner.join("room", "bob", 2);
    third.set.know(owner.set.self(), true);
    third.sync_from(owner);
    sync.connected("b");
    sync.connected("c");
    sync.connected("d");
  }

  void hear(const std::string& peer, std::uint64_t seen,
            bool is_awaited = false) {
    step([&](sync_effects& out) {
      sync.heard(peer, {true, {{owner.tag(), {seen, seen}, is_awaited}}}, now,
                 out);
    });
  }

  apply_result receive(const std::string& peer) {
    auto result = apply_result::old_news;
    const auto missing = owner.since(state.set.progress_of(owner.tag()));
    if (missing)
      step([&](sync_effects& out) {
        result
            = sync.received(peer, *owned_interval{*missing}, bytes, now, out);
      });
    return result;
  }

  template <class Step>
  void step(Step work) {
    sync_effects out;
    work(out);
    state.note(std::move(out.diffs));
    requests = std::move(out.requests);
    reports_due = std::move(out.reports_due);
  }

  void up(const node_incarnation& who) {
    step([&](sync_effects& out) { sync.node_up(who, out); });
  }
  void down(const node_incarnation& who) {
    step([&](sync_effects& out) { sync.node_down(who, out); });
  }
  void gone(const node_incarnation& who) {
    step([&](sync_effects& out) { sync.node_gone(who, out); });
  }

  /// The owner is there and shown.
  void meet() {
    up(b);
    sync.set_direct({"b", "c"});
    hear("b", 2);
    receive("b");
  }

  std::size_t shown() {
    state.check();
    return state.set.size();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(shard_sync_tests, one_shard)

BOOST_AUTO_TEST_CASE(a_node_is_shown_when_all_that_it_had_is_there) {
  up(b);
  BOOST_TEST(!sync.is_complete());
  hear("b", 2);
  BOOST_TEST(shown() == 0u);
  receive("b");
  BOOST_TEST(shown() == 2u);
  BOOST_TEST(sync.is_complete());
}

BOOST_AUTO_TEST_CASE(what_came_before_the_report_waits_for_it) {
  up(b);
  receive("b");
  BOOST_TEST(shown() == 0u);
  hear("b", 2);
  BOOST_TEST(shown() == 2u);
}

BOOST_AUTO_TEST_CASE(a_part_is_not_shown) {
  up(b);
  hear("b", 3);
  receive("b");
  BOOST_TEST(shown() == 0u);
  owner.join("room", "carol", 3);
  receive("b");
  BOOST_TEST(shown() == 3u);
  BOOST_TEST(state.last.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_node_that_is_down_is_hidden) {
  meet();
  down(b);
  BOOST_TEST(shown() == 0u);
  BOOST_TEST(state.last.size() == 2u);
}

BOOST_AUTO_TEST_CASE(who_comes_back_shows_nobody_who_left_meanwhile) {
  meet();
  down(b);
  owner.leave("room", "alice", 1);
  up(b);
  BOOST_TEST(shown() == 0u);
  hear("b", 3);
  BOOST_TEST(shown() == 0u);
  receive("b");
  BOOST_TEST(state.list("room") == std::vector<std::string>{"bob/{}"},
             boost::test_tools::per_element());
  BOOST_TEST(state.last.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_happens_while_a_node_is_down_is_not_reported) {
  meet();
  down(b);
  owner.leave("room", "alice", 1);
  receive("c");
  BOOST_TEST(state.last.empty());
}

BOOST_AUTO_TEST_CASE(who_is_gone_is_forgotten) {
  meet();
  gone(b);
  BOOST_TEST(shown() == 0u);
  BOOST_TEST(state.set.replicas().size() == 1u);
  BOOST_TEST((receive("b") == apply_result::stranger));
}

BOOST_AUTO_TEST_CASE(who_is_gone_is_not_waited_for) {
  up(b);
  gone(b);
  BOOST_TEST(sync.is_complete());
  up(b);
  down(b);
  BOOST_TEST(sync.is_complete());
}

BOOST_AUTO_TEST_CASE(others_are_asked_only_when_the_owner_is_not_heard) {
  up(b);
  sync.set_direct({"b", "c"});
  hear("c", 2);
  BOOST_TEST(requests.empty());
  sync.set_direct({"c"});
  hear("c", 2);
  BOOST_REQUIRE(requests.size() == 1u);
  BOOST_TEST(requests[0].peer == "c");
  BOOST_TEST((requests[0].replica == owner.tag()));
  hear("b", 2);
  BOOST_TEST(requests.empty());
}

BOOST_AUTO_TEST_CASE(one_is_asked_and_not_all) {
  up(b);
  sync.set_direct({"c", "d"});
  hear("c", 2);
  BOOST_TEST(requests.size() == 1u);
  hear("d", 2);
  BOOST_TEST(requests.empty());
}

BOOST_AUTO_TEST_CASE(
    an_owner_that_is_not_heard_is_shown_by_the_word_of_others) {
  up(b);
  sync.set_direct({"c"});
  hear("c", 2);
  receive("c");
  BOOST_TEST(shown() == 2u);
}

// Ghosts, for as long as the other one took to get in step.
BOOST_AUTO_TEST_CASE(one_who_waits_himself_does_not_say_what_is_complete) {
  meet();
  down(b);
  owner.leave("room", "alice", 1);
  sync.set_direct({"c"});
  up(b);
  hear("c", 2, true);
  BOOST_TEST(shown() == 0u);
  receive("c");
  hear("c", 3, false);
  BOOST_TEST(shown() == 1u);
}

BOOST_AUTO_TEST_CASE(one_who_knows_less_than_the_owner_told_changes_nothing) {
  up(b);
  hear("b", 3);
  receive("b");
  sync.set_direct({"c"});
  hear("c", 2);
  BOOST_TEST(shown() == 0u);
}

BOOST_AUTO_TEST_CASE(a_report_says_who_is_awaited) {
  up(b);
  const auto is_awaited = [&] {
    for (const auto& known : sync.known_to(b, {}))
      if (known.replica == owner.tag())
        return known.is_awaited;
    return false;
  };
  BOOST_TEST(is_awaited());
  hear("b", 2);
  receive("b");
  BOOST_TEST(!is_awaited());
}

BOOST_AUTO_TEST_CASE(
    a_peer_is_told_of_itself_of_the_teller_and_of_the_doubtful) {
  meet();
  up(c);
  BOOST_TEST(sync.known_to(c, {}).size() == 2u);
  BOOST_TEST(sync.known_to(c, {b}).size() == 3u);
  BOOST_TEST(sync.known_to(c, {{"stranger", 1}}).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_peer_that_is_met_waits_for_a_report) {
  up(b);
  BOOST_TEST(reports_due.contains("b"));
}

BOOST_AUTO_TEST_CASE(a_peer_whose_window_is_half_full_waits_for_a_report) {
  meet();
  bytes = replicator_config{}.window_bytes / 4;
  owner.join("room", "carol", 3);
  receive("b");
  BOOST_TEST(reports_due.empty());
  owner.join("room", "dave", 4);
  receive("b");
  BOOST_TEST(reports_due.contains("b"));
}

BOOST_AUTO_TEST_CASE(a_shard_that_waits_for_nothing_is_settled) {
  BOOST_TEST(sync.is_settled("b"));
  up(b);
  BOOST_TEST(!sync.is_settled("b"));
  hear("b", 2);
  receive("b");
  BOOST_TEST(sync.is_settled("b"));
  sync.set_direct({"c"});
  hear("c", 3);
  BOOST_TEST(!sync.is_settled("c"));
}

// It came up by the word of others, and said all that it had to say before.
BOOST_AUTO_TEST_CASE(a_node_that_has_nothing_new_to_tell_is_shown_too) {
  meet();
  down(b);
  up(b);
  BOOST_TEST(shown() == 0u);
  step([&](sync_effects& out) { sync.heard("b", {}, now, out); });
  BOOST_TEST(shown() == 2u);
}

BOOST_AUTO_TEST_CASE(a_hole_is_asked_for_at_whoever_sent_it) {
  up(b);
  const auto late = owner.since({1, 1});
  step([&](sync_effects& out) {
    BOOST_TEST((sync.received("c", *owned_interval{*late}, bytes, now, out)
                == apply_result::hole));
  });
  BOOST_REQUIRE(requests.size() == 1u);
  BOOST_TEST(requests[0].peer == "c");
  BOOST_TEST(requests[0].known.seen == 0u);
}

BOOST_AUTO_TEST_CASE(a_request_for_a_stranger_is_ignored) {
  hear("b", 0);
  sync.requested("b", {77}, {}, now);
  BOOST_TEST(sync.due(now).empty());
}

BOOST_AUTO_TEST_CASE(a_relay_passes_on_what_it_receives) {
  meet();
  sync.relay("c", {b});
  step([&](sync_effects& out) {
    sync.heard("c", {true, {{state.tag(), {}}, {owner.tag(), {2, 2}}}}, now,
               out);
  });
  static_cast<void>(sync.due(now));
  owner.join("room", "carol", 3);
  receive("b");
  const auto round = sync.due(now + 50ms);
  BOOST_REQUIRE(round.size() == 1u);
  BOOST_TEST(round[0].peers == std::vector<std::string>{"c"},
             boost::test_tools::per_element());
  BOOST_TEST((round[0].replica == owner.tag()));
}

BOOST_AUTO_TEST_CASE(a_node_that_outgrows_itself_keeps_what_it_owns) {
  state.join("room", "zoe", 9);
  const auto before = state.tag();
  step([&](sync_effects& out) { sync.reincarnate(7, out); });
  BOOST_TEST((state.tag() != before));
  BOOST_TEST(shown() == 1u);
  BOOST_TEST(state.set.replicas().size() == 1u);
}

// W3: the reference keeps a record of every incarnation of every node for ever.
BOOST_AUTO_TEST_CASE(a_thousand_restarts_of_a_node_leave_no_trace) {
  std::size_t after_hundred = 0;
  for (std::uint64_t incarnation = 1; incarnation <= 1000; ++incarnation) {
    const node_incarnation who{"b", incarnation};
    watched_set there{replica("b", incarnation)};
    there.join("room", "alice", 1);
    up(who);
    const auto all = [&](sync_effects& out) {
      sync.heard("b", {true, {{there.tag(), {1, 1}}, {state.tag(), {}}}}, now,
                 out);
      sync.received("b", *owned_interval{*there.since({})}, bytes, now, out);
    };
    step(all);
    sync.relay("c", {who});
    BOOST_REQUIRE(shown() == 1u);
    gone(who);
    // A peer that has not noticed yet still tells of it.
    step([&](sync_effects& out) {
      sync.heard("c", {true, {{there.tag(), {1, 1}}}}, now, out);
    });
    if (incarnation == 100)
      after_hundred = rollcall::test::allocated_bytes();
  }
  BOOST_TEST(rollcall::test::allocated_bytes() <= after_hundred + 4096);
}

BOOST_AUTO_TEST_SUITE_END()
