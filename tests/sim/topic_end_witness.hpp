#pragma once

#include "crdt/shard/shard_effects.hpp"
#include "tests/sim/own_presences.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <string>

namespace rollcall::sim {

/// Watches the ends of topics in one shard: what its owners had there when an
/// end began is gone when it is done, and nothing ends so in another topic.
/// Throws `std::logic_error` if it is not so.
class topic_end_witness {
public:
  explicit topic_end_witness(own_presences& own) : own_{own} {
  }

  /// An end begins. @returns its number.
  std::uint64_t begin(const std::string& topic) {
    running_[++begun_] = {topic, own_.tracks_in(topic)};
    return begun_;
  }

  /// Likewise one that another node asked for.
  void asked(const std::string& topic) {
    asked_.insert(begin(topic));
  }

  /// All that was there when it began is gone.
  void done(std::uint64_t number) {
    const auto& [topic, tracks] = running_.at(number);
    for (const auto track : own_.tracks_in(topic))
      if (tracks.contains(track))
        throw std::logic_error{"a presence outlived the end of its topic"};
    running_.erase(number);
  }

  /// The shard has done all that other nodes asked for.
  void all_asked_done() {
    for (const auto number : asked_)
      done(number);
    asked_.clear();
  }

  /// Takes what ended with its topic out of what the owners have, and tells
  /// `tell` of each.
  void take(
      const crdt::shard_effects& done, crdt::replica_tag self,
      const std::function<void(const std::string& topic, const std::string& key,
                               std::uint64_t owner)>& tell) {
    for (const auto& change : done.changes) {
      if (change.why != leave_reason::kicked || !change.before || change.after
          || change.before->dot().replica != self)
        continue;
      const auto& topic = change.topic->name();
      const std::string key{change.before->key()};
      const auto owner = change.before->owner();
      if (!own_.untrack(topic, key, owner))
        continue; // Its owner ended so.
      if (!is_ending(topic))
        throw std::logic_error{"a presence ended with a topic that goes on"};
      tell(topic, key, owner);
    }
  }

  [[nodiscard]] bool is_idle() const noexcept {
    return running_.empty();
  }

private:
  struct running_end {
    std::string topic;
    std::set<std::uint64_t> tracks; ///< What was there when it began.
  };

  [[nodiscard]] bool is_ending(const std::string& topic) const {
    for (const auto& [number, end] : running_)
      if (end.topic == topic)
        return true;
    return false;
  }

  own_presences& own_;
  std::map<std::uint64_t, running_end> running_;
  std::set<std::uint64_t> asked_;
  std::uint64_t begun_ = 0;
};

} // namespace rollcall::sim
