#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// How nodes agree on who is there. Pure: time is an argument, what to do is a
/// result.
namespace rollcall::crdt {

/// A moment on this node's monotonic clock.
using tick_time = std::chrono::microseconds;

/// One life of one node.
struct node_life {
  std::string name;
  std::uint64_t incarnation = 0; ///< Larger in every life.

  friend auto operator<=>(const node_life&, const node_life&) = default;
};

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

/// What a node says of another one that it regards as up.
struct liveness_report {
  node_life who;
  std::uint64_t counter = 0; ///< The newest heartbeat known of it.
  bool is_direct = false;    ///< Whether it hears that node itself.
  std::string address;       ///< Where that node listens; empty if unknown.
};

/// What a node says of itself and of the others, all the time.
struct heartbeat {
  node_life sender;
  std::uint64_t counter = 0;
  std::string address; ///< Where the sender listens; empty if nowhere.
  std::vector<liveness_report> others;
  std::vector<node_life> departed; ///< Left in good order, not long ago.
};

enum class node_event_kind : std::uint8_t {
  up,       ///< It is there, for the first time or again.
  down,     ///< It is silent: hide what it has.
  gone,     ///< It left, or was silent for too long: forget what it had.
  conflict, ///< Somebody knows a later life of this node itself: outgrow it.
};

struct node_event {
  node_event_kind kind;
  node_life who;

  friend bool operator==(const node_event&, const node_event&) = default;
};

/// What a node knows of another one.
struct peer_view {
  node_life who;
  bool is_up = false;
  bool is_direct = false;              ///< Heard itself, lately.
  std::chrono::milliseconds silence{}; ///< Since its newest sign of life.
  std::string address;
};

/// Who is there, from heartbeats heard directly or told by others. A node that
/// this one cannot hear is up as long as somebody it hears can.
///
/// Shape:   one record a node name, whatever the number of its lives.
/// Threads: one at a time.
/// Source:  van Renesse, Minsky, Hayden, "A Gossip-Style Failure Detection
///          Service", 1998, on a full mesh.
class membership {
public:
  /// Nodes that it remembers, and departures; what is told of more is ignored,
  /// so that one peer cannot fill the memory and the heartbeats of all.
  static constexpr std::size_t nodes_max = 1024;

  membership(node_life self, std::string address, membership_config settings);

  /// Lets time pass: counts the own heartbeat, finds who fell silent. Call it
  /// once a `heartbeat_interval`, then send `beat()` to everybody.
  /// @pre `now` never goes backwards.
  [[nodiscard]] std::vector<node_event> tick(tick_time now);

  /// Takes a heartbeat that came straight from its sender.
  [[nodiscard]] std::vector<node_event> receive(const heartbeat& message,
                                                tick_time now);

  /// A node leaves in good order.
  [[nodiscard]] std::vector<node_event> leave(const node_life& who,
                                              tick_time now);

  /// Where others should connect to; empty if nowhere.
  void listens_on(std::string address);

  /// The line to a node broke: it may be up, but is not heard directly.
  void lose_line(const std::string& name);

  /// This node starts a later life.
  void reincarnate(std::uint64_t incarnation);

  /// What to tell everybody.
  [[nodiscard]] heartbeat beat(tick_time now) const;

  /// Whether this node should pass on what `origin` writes to `to`, which
  /// cannot hear it: true for one of those that hear both.
  [[nodiscard]] bool is_relay(const std::string& origin, const std::string& to,
                              tick_time now) const;

  [[nodiscard]] std::vector<peer_view> peers(tick_time now) const;
  [[nodiscard]] std::optional<peer_view> peer(const std::string& name,
                                              tick_time now) const;

  [[nodiscard]] const node_life& self() const noexcept {
    return self_;
  }

private:
  struct record {
    node_life who;
    std::uint64_t counter = 0;
    bool is_up = true;
    tick_time last_sign{};
    std::optional<tick_time> last_direct;
    std::string address;
    std::set<std::string> hears; ///< Whom it hears directly, by its own word.
  };

  struct departure {
    std::uint64_t incarnation;
    tick_time when;
  };

  using events = std::vector<node_event>;

  void observe(const liveness_report& report, bool is_direct, tick_time now,
               events& out);
  void check_own(const node_life& told, std::uint64_t counter, events& out);
  void check_own_departure(const node_life& told, tick_time now, events& out);
  void challenge(const node_life& earlier, tick_time now, events& out);
  void start_life(const liveness_report& report, bool is_direct, tick_time now,
                  events& out);
  void forgive_own_pause(tick_time now);
  void check_silence(tick_time now, events& out);
  [[nodiscard]] bool is_direct(const record& peer, tick_time now) const;
  [[nodiscard]] peer_view view_of(const record& peer, tick_time now) const;

  node_life self_;
  std::string address_;
  membership_config settings_;
  std::uint64_t counter_ = 0;
  std::optional<tick_time> last_tick_;
  std::optional<tick_time> doubted_since_;    ///< Told that this life is over.
  std::map<std::string, record> peers_;       ///< By name.
  std::map<std::string, departure> departed_; ///< By name.
};

} // namespace rollcall::crdt
