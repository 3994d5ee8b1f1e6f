#pragma once

#include "crdt/replication/heartbeat.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rollcall::crdt {

struct membership_config {
  /// Between two heartbeats, at least 10 ms.
  std::chrono::milliseconds heartbeat_interval{200};

  /// Silence after which a node is down and its presences are hidden. At least
  /// four heartbeats.
  std::chrono::milliseconds down_after{2000};

  /// Silence after which a node is forgotten, with all it had. More than
  /// `down_after`.
  std::chrono::milliseconds forget_after{600'000};
};

enum class node_event_kind : std::uint8_t {
  up,       ///< It is there, for the first time or again.
  down,     ///< It is silent: hide what it has.
  gone,     ///< It left, or was silent for too long: forget what it had.
  conflict, ///< Somebody knows a later incarnation of this node itself: outgrow
            ///< it.
};

/// What happened to a node, as the rest of a sentence about it.
[[nodiscard]] const char* words_for(node_event_kind kind);

struct node_event {
  node_event_kind kind;
  node_incarnation who;

  friend bool operator==(const node_event&, const node_event&) = default;
};

/// What a node remembers of another one.
struct node_record {
  node_incarnation who;
  std::uint64_t counter = 0; ///< Of its newest heartbeat.
  bool is_up = true;
  tick_time last_sign{};                ///< When that heartbeat was heard.
  std::optional<tick_time> last_direct; ///< When one came from it itself.
  std::string address;                  ///< Where it listens, if known.
  std::uint64_t changed_at = 0; ///< The heartbeat that tells of it first.
};

/// A node that left in good order.
struct node_departure {
  std::uint64_t incarnation = 0;
  tick_time when{};             ///< Or when it was last in doubt.
  std::uint64_t changed_at = 0; ///< The heartbeat that tells of it first.
};

/// Judges from signs of life which nodes are up, and of which incarnation.
///
/// Shape:   one record a node name, whatever the number of its incarnations.
/// Threads: one at a time.
class liveness {
public:
  using events = std::vector<node_event>;

  liveness(node_incarnation self, membership_config settings);

  /// Counts the own heartbeat, and finds who fell silent.
  void tick(tick_time now, events& out);

  /// What changes from now on is told first by heartbeat `sequence`.
  void tell_with(std::uint64_t sequence) noexcept {
    next_sequence_ = sequence;
  }

  // -- what is heard ----------------------------------------------------------

  /// A sign of incarnation, heard from the node itself or told by another.
  /// @returns whether it is newer than any before.
  bool observe(const liveness_report& report, bool is_direct, tick_time now,
               events& out);

  /// A node speaks in an earlier incarnation than one that is silent: that one
  /// is departed, and this is told, so that the node can outgrow it.
  void challenge(const node_incarnation& earlier, tick_time now, events& out);

  /// A node leaves in good order.
  [[nodiscard]] events leave(const node_incarnation& who, tick_time now);

  /// Somebody knows this node.
  void check_own(const node_incarnation& told, std::uint64_t counter,
                 events& out);

  /// Somebody was told that this node left.
  void check_own_departure(const node_incarnation& told, tick_time now,
                           events& out);

  /// The connection to a node broke.
  void lose_direct(const std::string& name);

  /// This node starts a later incarnation.
  void reincarnate(std::uint64_t incarnation);

  // -- what is known ----------------------------------------------------------

  [[nodiscard]] const node_incarnation& self() const noexcept {
    return self_;
  }

  /// Of the own heartbeats: one more in every interval.
  [[nodiscard]] std::uint64_t counter() const noexcept {
    return counter_;
  }

  /// All nodes that are remembered, by name.
  [[nodiscard]] const std::map<std::string, node_record>&
  nodes() const noexcept {
    return nodes_;
  }

  /// The record of a node; null if there is none.
  [[nodiscard]] const node_record* find(const std::string& name) const;

  /// Those who left, by name.
  [[nodiscard]] const std::map<std::string, node_departure>&
  departed() const noexcept {
    return departed_;
  }

  /// The heartbeat that tells of the newest change of any record.
  [[nodiscard]] std::uint64_t newest_change() const noexcept {
    return newest_change_;
  }

  /// Whether a node is heard itself: three heartbeats, which is sooner than
  /// `down_after`, so that a relay takes over in time.
  [[nodiscard]] bool is_direct(const node_record& peer, tick_time now) const;

private:
  bool start_incarnation(const liveness_report& report, bool is_direct,
                         tick_time now, events& out);
  void forgive_own_pause(tick_time now);
  void check_silence(tick_time now, events& out);
  void change(node_record& peer);

  node_incarnation self_;
  membership_config settings_;
  std::uint64_t counter_ = 0;
  std::uint64_t next_sequence_ = 1;
  std::uint64_t newest_change_ = 0;
  std::optional<tick_time> last_tick_;
  std::optional<tick_time> doubted_since_; ///< Told that this incarnation left.
  std::map<std::string, node_record> nodes_;
  std::map<std::string, node_departure> departed_;
};

} // namespace rollcall::crdt
