#pragma once

#include "crdt/shard/single_sessions.hpp"
#include "rollcall/session_policy.hpp"
#include "text/pattern.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace rollcall::sim {

/// What the owners on one node hold, by what they did and were told. An owner
/// is a row of processes, one after the other, each with a number of its own.
class owner_book {
public:
  /// The number of the process that an owner is now.
  [[nodiscard]] std::uint64_t process_of(std::uint64_t owner) const {
    const auto found = ends_.find(owner);
    return owner + (found == ends_.end() ? 0 : found->second * processes_apart);
  }

  /// The number of the one before, if there was one.
  [[nodiscard]] std::optional<std::uint64_t>
  former_process_of(std::uint64_t owner) const {
    if (!ends_.contains(owner))
      return std::nullopt;
    return process_of(owner) - processes_apart;
  }

  void joined(const std::string& topic, const std::string& key,
              std::uint64_t process, const std::string& meta) {
    held_[{topic, key, process}] = meta;
  }

  /// Nothing if the process does not hold it.
  void updated(const std::string& topic, const std::string& key,
               std::uint64_t process, const std::string& meta) {
    if (const auto found = held_.find({topic, key, process});
        found != held_.end())
      found->second = meta;
  }

  void left(const std::string& topic, const std::string& key,
            std::uint64_t process) {
    held_.erase({topic, key, process});
  }

  void left_all(std::uint64_t process) {
    std::erase_if(held_, [process](const auto& each) {
      return std::get<2>(each.first) == process;
    });
  }

  void ended(std::uint64_t owner) {
    left_all(process_of(owner));
    ++ends_[owner];
  }

  void clear() {
    held_.clear();
    ends_.clear();
  }

  /// Adds all that is held, "topic/key/owner/meta".
  void add_to(std::set<std::string>& out) const {
    for (const auto& [place, meta] : held_) {
      const auto& [topic, key, process] = place;
      out.insert(topic + "/" + key + "/" + std::to_string(process) + "/"
                 + meta);
    }
  }

  /// Adds the keys that are held where a key has one session. @returns one
  /// that was there, or nothing.
  [[nodiscard]] std::optional<std::string>
  add_to(std::set<std::pair<std::string, std::string>>& sessions,
         const std::vector<single_session_rule>& rules) const {
    for (const auto& [place, meta] : held_) {
      const auto& [topic, key, process] = place;
      const auto is_about = [&topic = topic](const auto& rule) {
        return matches_pattern(rule.pattern, topic);
      };
      if (std::any_of(rules.begin(), rules.end(), is_about)
          && !sessions.emplace(topic, key).second)
        return topic + "/" + key;
    }
    return std::nullopt;
  }

private:
  /// Between the numbers of two processes that are one owner after the other.
  static constexpr std::uint64_t processes_apart = 1'000;

  using identity = std::tuple<std::string, std::string, std::uint64_t>;

  std::map<identity, std::string> held_;        ///< The metas.
  std::map<std::uint64_t, std::uint64_t> ends_; ///< Processes, by owner.
};

} // namespace rollcall::sim
