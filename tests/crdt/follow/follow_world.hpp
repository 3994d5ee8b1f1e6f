#pragma once

#include "crdt/follow/follow_core.hpp"
#include "crdt/presence_set.hpp"
#include "tests/support/texts.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace rollcall::crdt::test {

using namespace std::chrono_literals;
using rollcall::test::texts;

inline constexpr subscriber_id ann{1};
inline constexpr subscriber_id bob{2};

/// Presences, and who follows their keys.
struct follow_world {
  void join(const std::string& topic, const std::string& key,
            std::uint64_t owner = 1) {
    const auto changed = set.join(topic, stored_entry::make(key, "{}", owner));
    core.take({&*changed, 1}, now);
  }

  void leave(const std::string& topic, const std::string& key,
             std::uint64_t owner = 1) {
    const auto changed = set.leave(topic, key, owner);
    core.take({&*changed, 1}, now);
  }

  void follow(subscriber_id who, const texts& keys,
              const std::string& prefix = {}) {
    BOOST_TEST((core.follow(who, prefix, keys) == follow_core::answer::done));
  }

  /// All that is to be told now: "1: +eve -joe" is a state for follower 1,
  /// "eve on: 1 2" a change for both.
  texts told() {
    texts result;
    while (const auto next = core.next(now))
      result.push_back(
          std::visit([](const auto& one) { return text_of(one); }, *next));
    return result;
  }

  static std::string text_of(const follow_state_delivery& one) {
    auto result = std::to_string(one.to.value) + ":";
    for (const auto& key : one.online)
      result += " +" + key;
    for (const auto& key : one.offline)
      result += " -" + key;
    return result;
  }

  static std::string text_of(const status_delivery& one) {
    auto result
        = one.topic_prefix + one.key + (one.is_online ? " on:" : " off:");
    for (const auto& to : one.to)
      result += " " + std::to_string(to.value);
    return result;
  }

  presence_set set{{"node", 1, 0, 0}};
  follow_core core{{25ms, 4, 3, {}}};
  tick_time now{1s};
};

} // namespace rollcall::crdt::test
