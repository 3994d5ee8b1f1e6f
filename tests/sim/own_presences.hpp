#pragma once

#include "tests/sim/simulated_time.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace rollcall::sim {

/// What the owners of one shard hold, kept in the simplest way that there is: a
/// list, and a search through it for every step. The shard must show the same
/// after each.
class own_presences {
public:
  /// @returns whether a shard takes it.
  bool track(const std::string& topic, const std::string& key,
             std::uint64_t owner, const std::string& meta,
             std::uint32_t linger_ms, bool has_room) {
    if (find(topic, key, owner) != all_.end())
      return false;
    const record fresh{topic,     key, owner,     meta,
                       linger_ms, {},  ++writes_, ++tracks_};
    auto replaced = all_.end();
    for (auto it = all_.begin(); it != all_.end(); ++it)
      if (it->end && it->topic == topic && it->key == key
          && (replaced == all_.end() || is_sooner(*it, *replaced)))
        replaced = it;
    if (replaced != all_.end())
      *replaced = fresh;
    else if (has_room)
      all_.push_back(fresh);
    else
      return false;
    return true;
  }

  bool update(const std::string& topic, const std::string& key,
              std::uint64_t owner, const std::string& meta) {
    const auto found = find(topic, key, owner);
    if (found == all_.end() || found->end)
      return false;
    found->meta = meta;
    found->written = ++writes_;
    return true;
  }

  bool untrack(const std::string& topic, const std::string& key,
               std::uint64_t owner) {
    const auto found = find(topic, key, owner);
    if (found == all_.end())
      return false;
    all_.erase(found);
    return true;
  }

  void untrack_owner(std::uint64_t owner) {
    std::erase_if(all_, [owner](const record& each) {
      return each.owner == owner && !each.end;
    });
  }

  void owner_ended(std::uint64_t owner, bool lingers, moment now) {
    for (auto& each : all_)
      if (each.owner == owner && !each.end && lingers && each.linger_ms != 0)
        each.end = now + std::chrono::milliseconds{each.linger_ms};
    untrack_owner(owner);
  }

  /// @returns whether the linger of one is over.
  bool tick(moment now) {
    return std::erase_if(all_,
                         [now](const record& each) {
                           return each.end && *each.end <= now;
                         })
           != 0;
  }

  /// Whether the owner has it; nobody has one that lingers.
  [[nodiscard]] bool holds(const std::string& topic, const std::string& key,
                           std::uint64_t owner) const {
    return std::any_of(all_.begin(), all_.end(), [&](const record& each) {
      return each.topic == topic && each.key == key && each.owner == owner
             && !each.end;
    });
  }

  /// How many owners have the key.
  [[nodiscard]] std::size_t sessions(const std::string& topic,
                                     const std::string& key) const {
    return static_cast<std::size_t>(
        std::count_if(all_.begin(), all_.end(), [&](const record& each) {
          return each.topic == topic && each.key == key && !each.end;
        }));
  }

  /// The numbers of the tracks of all that is in a topic.
  [[nodiscard]] std::set<std::uint64_t>
  tracks_in(const std::string& topic) const {
    std::set<std::uint64_t> result;
    for (const auto& each : all_)
      if (each.topic == topic)
        result.insert(each.track);
    return result;
  }

  /// When the next linger is over.
  [[nodiscard]] std::optional<moment> next_end() const {
    std::optional<moment> result;
    for (const auto& each : all_)
      if (each.end && (!result || *each.end < *result))
        result = each.end;
    return result;
  }

  [[nodiscard]] std::size_t size() const noexcept {
    return all_.size();
  }

  /// All of them, "topic/key/owner/meta".
  [[nodiscard]] std::multiset<std::string> shown() const {
    std::multiset<std::string> result;
    for (const auto& each : all_)
      result.insert(each.topic + "/" + each.key + "/"
                    + std::to_string(each.owner) + "/" + each.meta);
    return result;
  }

  /// Who has presences and must be monitored for them.
  [[nodiscard]] std::set<std::uint64_t> owners() const {
    std::set<std::uint64_t> result;
    for (const auto& each : all_)
      if (!each.end)
        result.insert(each.owner);
    return result;
  }

private:
  struct record {
    std::string topic;
    std::string key;
    std::uint64_t owner;
    std::string meta;
    std::uint32_t linger_ms;
    std::optional<moment> end; ///< Of its linger, if its owner ended.
    std::uint64_t written;
    std::uint64_t track; ///< Its number, which stays by an update.
  };

  static bool is_sooner(const record& a, const record& b) {
    return std::pair{*a.end, a.written} < std::pair{*b.end, b.written};
  }

  std::vector<record>::iterator
  find(const std::string& topic, const std::string& key, std::uint64_t owner) {
    return std::find_if(all_.begin(), all_.end(), [&](const record& each) {
      return each.topic == topic && each.key == key && each.owner == owner;
    });
  }

  std::vector<record> all_;
  std::uint64_t writes_ = 0;
  std::uint64_t tracks_ = 0;
};

} // namespace rollcall::sim
