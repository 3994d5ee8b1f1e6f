#include "crdt/shard/shard_core.hpp"
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace rollcall;
using namespace rollcall::crdt;

namespace {

constexpr auto newest = session_policy::newest;
constexpr auto oldest = session_policy::oldest;

using words = std::vector<std::string>;

shard_settings settings_of(session_policy policy) {
  shard_settings result;
  result.single_session = {{"arena:*", policy}};
  return result;
}

/// A shard of one node, and what its last step led to.
struct one_shard {
  explicit one_shard(const std::string& node, const shard_settings& settings)
      : core{{node, 1, 0, 0}, settings} {
  }

  refusal track(const std::string& key, std::uint64_t owner,
                std::uint64_t wall_ms = 1000,
                const std::string& topic = "arena:1",
                std::uint32_t linger_ms = 0) {
    out.clear();
    return core
        .track(topic, stored_entry::make(key, "{}", owner, linger_ms), now, out,
               wall_ms)
        .why;
  }

  void update(const std::string& key, std::uint64_t owner) {
    out.clear();
    core.update("arena:1", stored_entry::make(key, R"({"v":2})", owner), {},
                now, out);
  }

  void crash(std::uint64_t owner) {
    out.clear();
    core.owner_ended(owner, leave_reason::lost, now, out);
  }

  void show(const one_shard& peer, bool is_up) {
    const node_incarnation who{peer.core.set().self().node, 1};
    out.clear();
    core.take(peer_connected{who.name}, now, out);
    core.take(node_changed{{is_up ? node_event_kind::up : node_event_kind::down,
                            who}},
              now, out);
  }

  /// Takes all that a peer has and this one lacks.
  void hear(const one_shard& peer) {
    const auto tag = peer.core.set().self_tag();
    const auto news = peer.core.set().make_interval(
        tag, core.set().progress_of(tag), std::size_t{1} << 20);
    out.clear();
    if (news)
      core.received(peer.core.set().self().node, *news, 100, now, out);
  }

  /// The owners of a key that this node shows.
  std::vector<std::uint64_t> owners(const std::string& topic = "arena:1") {
    std::vector<std::uint64_t> result;
    for (const auto& each : core.list(topic))
      result.push_back(each.owner());
    std::sort(result.begin(), result.end());
    return result;
  }

  /// Whom the last step says to tell, whom to monitor, and what ended how.
  words effects() const {
    words result;
    for (const auto& each : out.replaced)
      result.push_back("tell " + std::to_string(each.owner) + " of "
                       + std::string{each.presence->key()});
    for (const auto& each : out.owners)
      result.push_back((each.starts ? "+" : "-") + std::to_string(each.owner));
    for (const auto& each : out.changes)
      if (each.before && !each.after)
        result.push_back(std::string{to_string(each.why)} + " "
                         + std::to_string(each.before->owner()));
    return result;
  }

  shard_core core;
  shard_effects out;
  tick_time now = 10s;
};

/// Two nodes that have all of each other, and show it.
struct two_shards {
  explicit two_shards(session_policy policy)
      : a{"a", settings_of(policy)},
        b{"b", settings_of(policy)} {
    a.show(b, true);
    b.show(a, true);
    report(a, b);
    report(b, a);
  }

  /// `to` hears that it has all that `from` had.
  static void report(one_shard& to, const one_shard& from) {
    const auto tag = from.core.set().self_tag();
    shard_report told;
    told.is_whole = true;
    told.replicas.push_back({tag, from.core.set().progress_of(tag)});
    to.out.clear();
    to.core.take(report_arrived{from.core.set().self().node, told}, to.now,
                 to.out);
  }

  void exchange() {
    for (int i = 0; i < 3; ++i) {
      a.hear(b);
      b.hear(a);
    }
  }

  one_shard a;
  one_shard b;
};

std::optional<login> login_of(one_shard& where) {
  return stored_entry::of(*where.core.list("arena:1").get("user").front())
      .began();
}

} // namespace

#define EXPECT_WORDS(is, ...)                                                  \
  BOOST_TEST((is) == (words{__VA_ARGS__}), boost::test_tools::per_element())

BOOST_AUTO_TEST_SUITE(single_sessions_tests)

BOOST_AUTO_TEST_CASE(the_newer_login_ends_the_older_one_in_the_same_step) {
  one_shard here{"a", settings_of(newest)};
  here.track("user", 7);
  BOOST_TEST((here.track("user", 8) == refusal::none));
  EXPECT_WORDS(here.effects(), "tell 7 of user", "-7", "+8", "replaced 7");
  BOOST_TEST(here.owners() == std::vector<std::uint64_t>{8},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_owner_that_has_more_is_watched_on) {
  one_shard here{"a", settings_of(newest)};
  here.track("user", 7);
  here.track("other", 7);
  here.track("user", 8);
  EXPECT_WORDS(here.effects(), "tell 7 of user", "+8", "replaced 7");
}

BOOST_AUTO_TEST_CASE(the_oldest_login_refuses_the_newer_one) {
  one_shard here{"a", settings_of(oldest)};
  here.track("user", 7);
  BOOST_TEST((here.track("user", 8) == refusal::key_taken));
  EXPECT_WORDS(here.effects());
  BOOST_TEST(here.core.counters().refusals == 1u);
}

BOOST_AUTO_TEST_CASE(the_same_owner_has_it_already_by_any_policy) {
  for (const auto policy : {newest, oldest}) {
    one_shard here{"a", settings_of(policy)};
    here.track("user", 7);
    BOOST_TEST((here.track("user", 7) == refusal::already_tracked));
    BOOST_TEST(here.owners().size() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(topics_without_a_policy_are_as_ever) {
  one_shard here{"a", settings_of(newest)};
  here.track("user", 7, 1000, "room:1");
  here.track("user", 8, 1000, "room:1");
  BOOST_TEST(here.owners("room:1").size() == 2u);
  for (const auto& each : here.core.list("room:1"))
    BOOST_TEST(!stored_entry::of(each).began());
}

BOOST_AUTO_TEST_CASE(a_full_topic_takes_the_newer_login_and_only_that) {
  auto settings = settings_of(newest);
  settings.presences_per_topic_max = 1;
  one_shard here{"a", settings};
  here.track("user", 7);
  BOOST_TEST((here.track("user", 8) == refusal::none));
  BOOST_TEST((here.track("other", 9) == refusal::too_many_presences));
}

BOOST_AUTO_TEST_CASE(a_session_is_not_ended_for_one_that_has_no_room) {
  auto settings = settings_of(newest);
  settings.presences_per_topic_max = 1;
  two_shards both{newest};
  one_shard here{"c", settings};
  here.track("user", 7);
  both.b.track("other", 1);
  here.show(both.b, true);
  here.hear(both.b);
  two_shards::report(here, both.b);
  BOOST_TEST(here.owners().size() == 2u);
  BOOST_TEST((here.track("user", 8) == refusal::too_many_presences));
  BOOST_TEST(here.owners().size() == 2u);
}

BOOST_AUTO_TEST_CASE(who_lingers_is_taken_over_as_without_a_policy) {
  for (const auto policy : {newest, oldest}) {
    one_shard here{"a", settings_of(policy)};
    here.track("user", 7, 1000, "arena:1", 500);
    here.crash(7);
    BOOST_TEST((here.track("user", 8, 2000) == refusal::none));
    EXPECT_WORDS(here.effects(), "+8");
    BOOST_TEST(here.owners().size() == 1u);
    BOOST_TEST(login_of(here)->moment_ms == (policy == newest ? 2000u : 1000u));
  }
}

BOOST_AUTO_TEST_CASE(an_update_keeps_the_login) {
  one_shard here{"a", settings_of(newest)};
  here.track("user", 7);
  const auto before = login_of(here);
  here.update("user", 7);
  BOOST_TEST((login_of(here) == before));
  BOOST_TEST(before->moment_ms == 1000u);
}

BOOST_AUTO_TEST_CASE(each_node_ends_its_own_when_it_sees_the_winner) {
  for (const auto policy : {newest, oldest}) {
    two_shards both{policy};
    both.a.track("user", 7, 1000);
    both.b.track("user", 8, 2000);
    auto& winner = policy == newest ? both.b : both.a;
    auto& loser = policy == newest ? both.a : both.b;
    const auto lost = std::to_string(policy == newest ? 7 : 8);
    winner.hear(loser);
    EXPECT_WORDS(winner.effects());
    loser.hear(winner);
    EXPECT_WORDS(loser.effects(), "tell " + lost + " of user", "-" + lost,
                 "replaced " + lost);
    winner.hear(loser);
    EXPECT_WORDS(winner.effects(), "replaced " + lost);
    BOOST_TEST(winner.owners() == loser.owners(),
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_tie_is_decided_alike_everywhere) {
  for (const auto policy : {newest, oldest}) {
    two_shards both{policy};
    both.a.track("user", 7);
    both.b.track("user", 8);
    both.exchange();
    BOOST_TEST(both.a.owners().size() == 1u);
    BOOST_TEST(both.a.owners() == both.b.owners(),
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_login_is_newer_than_what_its_node_shows) {
  two_shards both{newest};
  both.a.track("user", 7, 9'000'000); // A clock that is far ahead.
  both.b.hear(both.a);
  both.b.track("user", 8, 1000);
  both.exchange();
  BOOST_TEST(both.a.owners() == std::vector<std::uint64_t>{8},
             boost::test_tools::per_element());
  BOOST_TEST(login_of(both.b)->moment_ms == 9'000'001u);
}

BOOST_AUTO_TEST_CASE(no_login_is_after_the_end_of_time) {
  one_shard here{"a", settings_of(newest)};
  here.track("user", 7, ~std::uint64_t{0});
  BOOST_TEST(login_of(here)->moment_ms == login_moment_max);
  BOOST_TEST((here.track("user", 8) == refusal::none));
  BOOST_TEST(login_of(here)->moment_ms == login_moment_max);
}

BOOST_AUTO_TEST_CASE(who_is_hidden_is_no_rival_until_it_is_shown) {
  two_shards both{oldest};
  both.a.track("user", 7, 1000);
  both.b.hear(both.a);
  both.b.show(both.a, false);
  BOOST_TEST((both.b.track("user", 8, 2000) == refusal::none));
  both.b.show(both.a, true);
  two_shards::report(both.b, both.a);
  EXPECT_WORDS(both.b.effects(), "tell 8 of user", "-8", "replaced 8");
}

BOOST_AUTO_TEST_CASE(a_session_that_lingers_ends_by_a_newer_one_elsewhere) {
  two_shards both{newest};
  both.a.track("user", 7, 1000, "arena:1", 60'000);
  both.a.crash(7);
  both.b.track("user", 8, 2000);
  both.a.hear(both.b);
  EXPECT_WORDS(both.a.effects(), "replaced 7");
  BOOST_TEST(both.a.core.has_flush());
  both.a.now += 120s;
  both.a.out.clear();
  both.a.core.tick(both.a.now, both.a.out);
  EXPECT_WORDS(both.a.effects()); // It does not end once more.
}

BOOST_AUTO_TEST_CASE(the_first_pattern_that_fits_counts) {
  shard_settings settings;
  settings.single_session
      = {{"arena:1", oldest}, {"arena:*", newest}, {"*", oldest}};
  const presence_set set{{"a", 1, 0, 0}};
  const lingering none;
  const single_sessions sessions{set, none, settings.single_session};
  BOOST_TEST((sessions.policy_of("arena:1") == oldest));
  BOOST_TEST((sessions.policy_of("arena:12") == newest));
  BOOST_TEST((sessions.policy_of("arena:") == newest));
  BOOST_TEST((sessions.policy_of("arena") == oldest));
  BOOST_TEST((single_sessions{set, none, {{"x", newest}}}.policy_of("xy")
              == std::nullopt));
}

// Goal: which of two stays is a total order. Method: random logins, often
// equal.
BOOST_AUTO_TEST_CASE(of_three_sessions_one_outlasts_the_others) {
  test::random_source random{test::seed()};
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << test::seed())
  for (int i = 0; i < 10'000; ++i)
    for (const auto policy : {newest, oldest}) {
      std::vector<draft_ptr> all;
      for (std::uint64_t k = 1; k <= 3; ++k) {
        std::optional<login> when;
        if (random.chance(0.8))
          when = login{random.below(3), {random.below(3)}};
        all.push_back(
            stored_entry::make("k", "{}", k, {{random.below(3)}, k}, 0, when));
      }
      const auto beats = [&](const draft_ptr& a, const draft_ptr& b) {
        return outlasts(policy, *a, *b);
      };
      for (const auto& a : all)
        for (const auto& b : all)
          BOOST_REQUIRE(beats(a, b) == (a != b && !beats(b, a)));
      BOOST_REQUIRE(std::count_if(all.begin(), all.end(),
                                  [&](const auto& a) {
                                    return std::all_of(all.begin(), all.end(),
                                                       [&](const auto& b) {
                                                         return a == b
                                                                || beats(a, b);
                                                       });
                                  })
                    == 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()
