#pragma once

#include "tests/sim/node_cluster.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>

namespace rollcall::sim {

/// `count` nodes with defaults that all know each other, one presence "k<i>"
/// on node i.
struct running_cluster : node_cluster {
  explicit running_cluster(std::size_t count, node_settings settings = {},
                           std::uint64_t seed = test::seed())
      : node_cluster{seed, count, settings} {
    start_all();
    for (std::size_t i = 0; i < count; ++i)
      join(i, "k" + std::to_string(i));
    expect_agreement(std::chrono::seconds{10});
    events.clear();
  }

  void expect_agreement(duration patience) {
    const auto problem = settle(patience);
    BOOST_REQUIRE_MESSAGE(!problem,
                          *problem << "; ROLLCALL_TEST_SEED=" << test::seed());
  }

  void cut_off(std::size_t which, bool is_cut) {
    for (std::size_t other = 0; other < size(); ++other)
      set_cut(which, other, is_cut);
  }

  /// Lets `from` tell `to` that there is a later incarnation of `to`.
  void tell_of_later_incarnation(std::size_t from, std::size_t to) {
    wire::heartbeat heartbeat;
    heartbeat.membership.counter = process(from).members().counter();
    auto later = process(to).members().self();
    ++later.incarnation;
    heartbeat.membership.others.push_back({later, 1, true, {}, {}});
    forge(from, to, heartbeat);
  }

  duration moment_below(duration end) {
    return duration{random.below(static_cast<std::size_t>(end.count()))};
  }

  /// Lets time pass until `observer` shows `key`. @returns how much.
  duration until_shown(std::size_t observer, const std::string& key) {
    const auto begin = time.now();
    while (!shows(observer, key)
           && time.now() < begin + std::chrono::seconds{10})
      run_for(duration{500});
    return time.now() - begin;
  }

  /// Joins on node 0, up to `apart` from each other. @returns the longest time
  /// until `observer` showed one.
  duration slowest_join(std::size_t observer, int count, duration apart) {
    duration longest{0};
    for (int i = 0; i < count; ++i) {
      run_for(moment_below(apart));
      const auto key = "new" + std::to_string(i);
      join(0, key, 9);
      longest = std::max(longest, until_shown(observer, key));
    }
    return longest;
  }

  std::size_t requests() {
    std::size_t result = 0;
    for (std::size_t i = 0; i < size(); ++i)
      result += process(i).requests;
    return result;
  }
};

} // namespace rollcall::sim
