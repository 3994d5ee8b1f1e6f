#include "crdt/shard/single_sessions.hpp"
#include "tests/sim/running_cluster.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

using namespace rollcall;
using namespace rollcall::sim;
using namespace std::chrono_literals;

namespace {

constexpr auto newest = session_policy::newest;
constexpr auto oldest = session_policy::oldest;

/// How many races to run: `ROLLCALL_SIM_SESSIONS`.
std::uint64_t race_count() {
  const char* text = std::getenv("ROLLCALL_SIM_SESSIONS");
  return text == nullptr ? 2'000 : std::stoull(text);
}

node_settings with_policy(session_policy policy) {
  node_settings result;
  result.single_session = {{"topic0", policy}};
  return result;
}

/// Two devices of one user who log in on two of three nodes.
struct two_logins {
  two_logins(std::uint64_t seed, session_policy policy)
      : all{3, settings_of(policy), seed} {
  }

  static node_settings settings_of(session_policy policy) {
    auto result = with_policy(policy);
    result.clock_error_max = 5s;
    return result;
  }

  /// Both log in within a moment, so that neither node knows of the other.
  void race(duration apart) {
    all.join(0, "user", 1);
    all.run_for(all.moment_below(apart));
    all.join(1, "user", 2);
  }

  void set_partition(bool is_cut) {
    all.set_cut(0, 1, is_cut);
    if (all.random.chance(0.5) || !is_cut)
      all.set_cut(2, 0, is_cut);
    else
      all.set_cut(2, 1, is_cut);
    if (!is_cut)
      all.set_cut(2, 1, false);
  }

  /// The sessions that a node shows.
  std::vector<entry_ptr> sessions(std::size_t observer) {
    return all.shard(observer, "topic0").snapshot_of("topic0").get("user");
  }

  /// The login of the only session that a node shows.
  std::optional<crdt::login> login_at(std::size_t observer) {
    return crdt::stored_entry::of(*sessions(observer).at(0)).began();
  }

  /// The owner of the only session, if all nodes show this one; else 0.
  std::uint64_t only_owner() {
    std::uint64_t result = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto shown = sessions(i);
      if (shown.size() != 1
          || (result != 0 && shown.front()->owner() != result))
        return 0;
      result = shown.front()->owner();
    }
    return result;
  }

  /// Whether each node shows what the others have.
  bool is_healed() {
    for (std::size_t i = 0; i < all.size(); ++i)
      for (std::size_t j = 0; j < all.size(); ++j) {
        const auto& there = all.shard(j, "topic0");
        if (!all.shard(i, "topic0").set().is_visible(there.tag()))
          return false;
      }
    return true;
  }

  void heal() {
    set_partition(false);
    const auto end = all.time.now() + 30s;
    while (!is_healed() && all.time.now() < end)
      all.run_for(1ms);
    BOOST_REQUIRE(is_healed());
  }

  running_cluster all;
  const duration two_periods = 2 * node_settings{}.replication.broadcast_period;
};

} // namespace

BOOST_AUTO_TEST_SUITE(node_sessions_tests)

// Goal: of two logins that cannot know of each other one stays, the same on all
// nodes, within two broadcast periods. Method: both policies, clocks that are
// wrong by up to five seconds, logins at one moment or behind a partition.
BOOST_AUTO_TEST_CASE(one_of_two_sessions_is_left_within_two_periods) {
  std::size_t first_stayed = 0;
  for (std::uint64_t i = 0; i < race_count(); ++i) {
    const auto seed = test::seed() + i;
    BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << seed) {
      two_logins run{seed, i % 2 == 0 ? newest : oldest};
      if (i % 4 < 2) {
        run.race(run.all.network.faults.delay_min);
      } else {
        run.set_partition(true);
        run.all.run_for(run.all.moment_below(5s));
        run.race(1s);
        run.all.run_for(3s + run.all.moment_below(2s));
        run.heal();
      }
      run.all.run_for(run.two_periods);
      const auto winner = run.only_owner();
      BOOST_REQUIRE(winner != 0u);
      BOOST_REQUIRE(run.all.replaced == 1u);
      first_stayed += winner == 1 ? 1 : 0;
      run.all.expect_agreement(10s);
      BOOST_REQUIRE(run.only_owner() == winner);
    }
  }
  BOOST_TEST_MESSAGE(race_count() << " races, of which the first login won "
                                  << first_stayed);
  BOOST_TEST(first_stayed > 0u);
  BOOST_TEST(first_stayed < race_count());
}

BOOST_AUTO_TEST_CASE(a_login_after_one_that_is_seen_is_newer_by_any_clock) {
  for (std::uint64_t i = 0; i < 20; ++i) {
    two_logins run{test::seed() + i, newest};
    for (std::uint64_t owner = 1; owner <= 4; ++owner) {
      run.all.join(owner % 3, "user", owner);
      run.all.run_for(run.two_periods);
      BOOST_TEST(run.only_owner() == owner);
    }
    BOOST_TEST(run.all.replaced == 3u);
  }
}

BOOST_AUTO_TEST_CASE(a_key_with_a_session_elsewhere_is_refused_until_it_ends) {
  two_logins run{test::seed(), oldest};
  BOOST_TEST(run.all.join(0, "user", 1));
  run.all.run_for(run.two_periods);
  BOOST_TEST(!run.all.join(1, "user", 2));
  BOOST_TEST(!run.all.join(0, "user", 3));
  run.all.leave(0, "user", 1);
  run.all.run_for(run.two_periods);
  BOOST_TEST(run.all.join(1, "user", 2));
  BOOST_TEST(run.all.replaced == 0u);
  run.all.expect_agreement(1s);
}

BOOST_AUTO_TEST_CASE(a_session_that_was_updated_is_as_old_as_it_was) {
  for (const auto policy : {newest, oldest}) {
    two_logins run{test::seed(), policy};
    run.set_partition(true);
    run.all.run_for(3s);
    run.race(1ms);
    const auto first = run.login_at(0);
    const auto second = run.login_at(1);
    for (int i = 0; i < 10; ++i) {
      run.all.update(0, "user", 1);
      run.all.update(1, "user", 2);
      run.all.run_for(10ms);
    }
    run.heal();
    run.all.run_for(run.two_periods);
    const bool is_second = (policy == newest) == (first < second);
    BOOST_TEST(run.only_owner() == (is_second ? 2u : 1u));
    BOOST_TEST((run.login_at(2) == (is_second ? second : first)));
    run.all.expect_agreement(1s);
  }
}

BOOST_AUTO_TEST_CASE(a_session_that_lingers_elsewhere_ends_by_a_newer_one) {
  two_logins run{test::seed(), newest};
  run.all.join(0, "user", 1, "topic0", 60'000);
  run.all.end_owner(0, 1, leave_reason::lost);
  run.all.run_for(run.two_periods);
  run.all.join(1, "user", 2);
  run.all.run_for(run.two_periods);
  BOOST_TEST(run.only_owner() == 2u);
  BOOST_TEST(run.all.replaced == 0u); // Nobody is left who could be told.
}

/// With `oldest` it keeps the place in the order of the one it goes on for, so
/// that the other node, which ended its own for that one, was right.
BOOST_AUTO_TEST_CASE(who_goes_on_with_a_lingering_session_keeps_its_age) {
  two_logins run{test::seed(), oldest};
  run.set_partition(true);
  run.all.run_for(3s);
  run.all.join(0, "user", 1, "topic0", 60'000);
  run.all.run_for(10s);
  run.all.join(1, "user", 2);
  run.all.run_for(10s);
  run.all.end_owner(0, 1, leave_reason::lost);
  run.all.run_for(1ms);
  run.all.join(0, "user", 3);
  run.heal();
  run.all.run_for(run.two_periods);
  BOOST_TEST(run.only_owner() == 3u);
}

BOOST_AUTO_TEST_CASE(a_node_with_a_new_incarnation_keeps_the_age_of_sessions) {
  for (const auto policy : {newest, oldest}) {
    two_logins run{test::seed(), policy};
    run.set_partition(true);
    run.all.run_for(3s);
    run.all.join(0, "user", 1);
    run.all.run_for(6s);
    run.all.join(1, "user", 2);
    const auto before = run.login_at(0);
    run.all.tell_of_later_incarnation(2, 0);
    run.all.tell_of_later_incarnation(1, 0);
    run.heal();
    run.all.run_for(run.two_periods);
    BOOST_TEST(run.only_owner() == (policy == newest ? 2u : 1u));
    if (policy == oldest)
      BOOST_TEST((run.login_at(1) == before));
  }
}

BOOST_AUTO_TEST_SUITE_END()
