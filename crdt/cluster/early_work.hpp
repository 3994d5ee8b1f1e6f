#pragma once

#include "crdt/replication/heartbeat.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace rollcall::crdt {

/// What a node does before its next tick: heartbeats that peers wait for, and a
/// new plan of relays. It waits for a short pause, so that what comes at one
/// time is done once.
///
/// Shape:   a name for each peer that waits.
/// Threads: one at a time.
class early_work {
public:
  /// Between two times that early work is done.
  static constexpr std::chrono::milliseconds pause{5};

  struct batch {
    node_names peers; ///< Who gets a heartbeat.
    bool has_plan = false;
  };

  void add_heartbeat(const std::string& peer) {
    waiting_.peers.insert(peer);
  }

  void add_plan() noexcept {
    waiting_.has_plan = true;
  }

  /// @returns whether something waits and no timer was asked for: the caller
  ///          starts one that ends after `pause`, and then calls `take`.
  [[nodiscard]] bool needs_timer() noexcept {
    const bool has_work = waiting_.has_plan || !waiting_.peers.empty();
    return has_work && !std::exchange(has_timer_, true);
  }

  /// The timer has ended. @returns what to do now.
  [[nodiscard]] batch take() {
    has_timer_ = false;
    return std::exchange(waiting_, {});
  }

private:
  batch waiting_;
  bool has_timer_ = false;
};

} // namespace rollcall::crdt
