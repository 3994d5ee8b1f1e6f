#pragma once

#include "crdt/diff/diff_batcher.hpp"
#include "tests/sim/simulated_time.hpp"

#include <array>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>

namespace rollcall::sim {

/// Who subscribed to topics of one shard, and what it made of all it was told.
/// Throws `std::logic_error` when it is told what cannot be.
class simulated_subscriber {
public:
  explicit simulated_subscriber(bool wants_passed)
      : wants_passed_{wants_passed} {
  }

  [[nodiscard]] bool wants_passed() const noexcept {
    return wants_passed_;
  }

  void take(const crdt::snapshot_delivery& first) {
    auto& view = views_[first.topic];
    view = {};
    for (const auto& presence : first.presences)
      view.shown.insert(presence.dot());
    view.served = view.shown;
  }

  void take(const crdt::diff_delivery& changed, moment now, duration window) {
    const auto found = views_.find(changed.topic);
    if (found == views_.end())
      throw std::logic_error{"a diff came before the snapshot"};
    if (changed.net.empty() && !wants_passed_)
      throw std::logic_error{"a diff without content"};
    found->second.note_diff(now, window);
    auto& [shown, served, last_diffs] = found->second;
    for (const auto& joined : changed.net.joins) {
      if (!shown.insert(joined->dot()).second)
        throw std::logic_error{"a subscriber heard twice of a join"};
      served.insert(joined->dot());
    }
    for (const auto& left : changed.net.leaves) {
      if (shown.erase(left->dot()) == 0)
        throw std::logic_error{"a subscriber heard of a leave of nobody"};
      served.erase(left->dot());
    }
    for (const auto& passed : changed.net.passed)
      served.erase(passed->dot());
    for (const auto& returned : changed.net.returned)
      served.insert(returned->dot());
  }

  /// Hands a snapshot of its own to somebody, who gets all later diffs.
  void serve(const std::string& topic, const crdt::snapshot& now) {
    const auto found = views_.find(topic);
    if (found == views_.end())
      return;
    found->second.served.clear();
    for (const auto& presence : now)
      found->second.served.insert(presence.dot());
  }

  /// Compares with what the topic shows, at a moment when nothing is on its
  /// way.
  void check(const std::string& topic, const crdt::snapshot& now) const {
    const auto found = views_.find(topic);
    if (found == views_.end())
      throw std::logic_error{"a subscriber got no snapshot"};
    std::set<crdt::dot> truth;
    for (const auto& presence : now)
      truth.insert(presence.dot());
    if (found->second.shown != truth)
      throw std::logic_error{"a subscriber's view is not the truth"};
    if (!wants_passed_)
      return;
    const auto& served = found->second.served;
    for (const auto& dot : served)
      if (!truth.contains(dot))
        throw std::logic_error{"who was served a snapshot sees a ghost"};
    if (served != truth)
      throw std::logic_error{"who was served a snapshot misses a presence"};
  }

private:
  struct topic_view {
    std::set<crdt::dot> shown;  ///< By its own snapshot and all diffs.
    std::set<crdt::dot> served; ///< By one that it handed out, likewise.
    std::array<std::optional<moment>, 2> last_diffs{}; ///< The older in front.

    /// One may go out at once and one at the end of a window that a leave had
    /// opened before, but the next one waits for a window of its own.
    void note_diff(moment now, duration window) {
      if (last_diffs[0] && now - *last_diffs[0] < window)
        throw std::logic_error{"three diffs of a topic within one window"};
      last_diffs = {last_diffs[1], now};
    }
  };

  bool wants_passed_;
  std::map<std::string, topic_view> views_; ///< By topic.
};

} // namespace rollcall::sim
