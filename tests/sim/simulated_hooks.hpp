#pragma once

#include "crdt/follow/follow_core.hpp"
#include "tests/sim/simulated_time.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::sim {

/// The hooks of a simulated node, which hear of all keys: those of a share ask
/// some time after they were called, and write what they hear to a table. They
/// may be made anew, which may be in the midst of what they heard last.
///
/// Of each key they hear in turn that it is online and that it is not, which it
/// has then been for the window of diffs at least. Whenever nothing is on its
/// way, their table has those that are online.
class simulated_hooks {
public:
  static constexpr std::size_t shares = 2;

  simulated_hooks(crdt::follow_core& core, duration window)
      : core_{core},
        window_{window} {
  }

  /// A key has one presence more, or less.
  void changed(const std::string& key, int by, moment now) {
    auto& [presences, offline_since] = keys_[key];
    const bool was_online = presences > 0;
    presences += by;
    if (was_online && presences <= 0)
      offline_since = now;
  }

  /// Hooks of a share are made; those of the others, too, if it is the first.
  void start(std::size_t share, moment now) {
    for (std::size_t i = 0; i < shares; ++i)
      if (i == share || !hears_) {
        heard_[i].clear();
        unwritten_[i].clear();
        core_.start_to_hear(i, shares, now);
      }
    hears_ = true;
  }

  /// @returns whether there may be more.
  bool ask(std::size_t share, moment now) {
    for (const auto& [key, is_online] : unwritten_.at(share))
      table_[key] = is_online;
    unwritten_.at(share) = core_.take_heard(share, 2);
    auto& heard = heard_.at(share);
    for (const auto& [key, is_online] : unwritten_.at(share)) {
      const auto before = heard.try_emplace(key, !is_online).first;
      if (std::exchange(before->second, is_online) == is_online)
        throw std::logic_error{"hooks hear of a change that is none"};
      if (!is_online && now < keys_.at(key).offline_since + window_)
        throw std::logic_error{"hooks hear too early that a key is offline"};
    }
    return !unwritten_.at(share).empty();
  }

  [[nodiscard]] std::optional<std::string>
  difference(const std::set<std::string>& online) const {
    std::set<std::string> written;
    for (const auto& [key, is_online] : table_)
      if (is_online)
        written.insert(key);
    if (hears_ && written != online)
      return "hooks are wrong about which keys are online";
    return std::nullopt;
  }

private:
  struct key_state {
    int presences = 0;
    moment offline_since{};
  };

  crdt::follow_core& core_;
  duration window_;
  std::map<std::string, key_state> keys_;
  bool hears_ = false; ///< Somebody did once.
  std::array<std::map<std::string, bool>, shares> heard_; ///< By the latest.
  std::array<std::vector<crdt::key_status>, shares> unwritten_;
  std::map<std::string, bool> table_;
};

} // namespace rollcall::sim
