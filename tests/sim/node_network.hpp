#pragma once

#include "crdt/cluster/cluster_core.hpp"
#include "tests/sim/simulated_time.hpp"
#include "tests/support/random.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::sim {

/// What the connections between nodes suffer.
struct connection_faults {
  duration delay_min{200};
  duration delay_max{2'000};
  double early_reset = 0; ///< Share of connections that break as they start.
  double rejection = 0;   ///< Share of dials that the other node rejects.
  double repeat = 0;      ///< Share of intervals that come again, later.
  duration repeat_after_max{3'000'000};
  duration notice_min{100'000};   ///< A cut connection breaks after this long
  duration notice_max{5'000'000}; ///< to that long, if it is not mended before.
  duration connect_timeout{1'000'000};
};

/// Connections between nodes as TCP gives them: ordered and without loss while
/// they last, stalled by a short cut, broken by a long one. What is under way
/// is lost when one breaks, and each end hears of it at its own time. As with
/// the real links there is at most one between two processes, whoever connects.
/// Intervals may come a second time, as they do when others pass them on.
class node_network {
public:
  using connection_id = crdt::connection_id;

  struct handlers {
    std::function<void(std::size_t node, std::size_t peer, connection_id,
                       bool is_dialed)>
        opened;
    std::function<void(std::size_t node, connection_id)> closed;
    std::function<void(std::size_t node, std::size_t peer, crdt::dial_outcome,
                       connection_id)>
        dial_ended;
    std::function<void(std::size_t node, connection_id,
                       const std::string& bytes, bool is_forged)>
        arrived;
  };

  node_network(simulated_time& time, test::random_source& random,
               std::size_t node_count, handlers to);

  connection_faults faults;

  // -- processes --------------------------------------------------------------

  /// The process of a node starts; nothing waits for it.
  void start(std::size_t node);

  /// It ends: its connections break, its timers are forgotten.
  void stop(std::size_t node);

  /// It is stopped for a while: messages and timers wait.
  void pause(std::size_t node);
  void resume(std::size_t node);

  [[nodiscard]] bool is_running(std::size_t node) const {
    return nodes_[node].is_running;
  }
  [[nodiscard]] bool is_paused(std::size_t node) const {
    return nodes_[node].is_paused;
  }

  /// A timer of this process of a node.
  void after(std::size_t node, duration delay, simulated_time::action action);

  /// Everything from and to a node takes this much longer.
  void slow_down(std::size_t node, duration by) {
    nodes_[node].lag = by;
  }

  // -- connections ------------------------------------------------------------

  /// Tries to open a connection. `dial_ended` tells how that went; if it went
  /// well, `opened` comes before.
  void connect(std::size_t from, std::size_t to);
  void send(std::size_t from, connection_id id, std::string bytes);

  /// One end closes; the other hears of it after what is under way.
  void close(std::size_t node, connection_id id);

  /// Breaks what is between two nodes: both ends hear of it, late.
  void break_connections(std::size_t a, std::size_t b);

  /// Loses all that the connections between two nodes carry from now on, and
  /// tells no end of it.
  void silence_connections(std::size_t a, std::size_t b);

  /// Lets a packet arrive at `to` that its peer `from` has not sent. Without a
  /// connection between them it comes over one that nobody knows.
  void forge(std::size_t from, std::size_t to, std::string bytes);

  // -- the wire ---------------------------------------------------------------

  void set_cut(std::size_t from, std::size_t to, bool is_cut);
  void set_partition(const std::vector<bool>& side, bool is_cut);
  void mend_all();

private:
  using action = simulated_time::action;

  struct process_state {
    bool is_running = false;
    bool is_paused = false;
    std::uint64_t number = 0; ///< Of the process, for each a new one.
    duration lag{0};
    std::deque<action> messages; ///< Waiting while it is paused.
    std::deque<action> timers;
  };

  /// One direction's piece: bytes, or that the sender has closed.
  using piece = std::optional<std::string>;

  struct connection_end {
    std::size_t node;
    std::uint64_t process;
    bool is_open = true;
    moment last_arrival{};    ///< Of what this end was sent.
    std::deque<piece> held{}; ///< What this end sends while that way is cut.
  };

  struct connection {
    std::array<connection_end, 2> ends;
    bool is_lost = false; ///< Broken or silent: it carries nothing.
  };

  [[nodiscard]] bool is_cut(std::size_t from, std::size_t to) const {
    return is_cut_[from * nodes_.size() + to];
  }
  [[nodiscard]] std::vector<connection_id> between_nodes(std::size_t a,
                                                         std::size_t b) const;
  [[nodiscard]] std::optional<std::size_t> side_of(const connection& over,
                                                   std::size_t node) const;
  [[nodiscard]] bool holds_connection(std::size_t node, std::size_t peer) const;
  void to_node(std::size_t which, duration delay, bool is_timer, action step);
  void run(std::size_t which, bool is_timer, action step);
  void try_to_open(std::size_t from, std::size_t to);
  void open(std::size_t from, std::size_t to);
  void end_dial(std::size_t from, std::size_t to, crdt::dial_outcome outcome,
                duration delay);
  void push(connection_id id, connection& over, std::size_t sender,
            piece content);
  void transmit(connection_id id, connection& over, std::size_t sender,
                piece content);
  void arrive(connection_id id, std::size_t side, const piece& content);
  void break_connection(connection_id id);
  void end_at(connection_id id, std::size_t side);
  void release_held(std::size_t from, std::size_t to);
  [[nodiscard]] duration delay(std::size_t from, std::size_t to);
  [[nodiscard]] duration between(duration low, duration high);

  simulated_time& time_;
  test::random_source& random_;
  handlers to_;
  std::vector<process_state> nodes_;
  std::vector<bool> is_cut_;
  std::map<connection_id, connection> connections_;
  /// The same by their nodes, the lower number first.
  std::map<std::pair<std::size_t, std::size_t>, std::set<connection_id>>
      of_nodes_;
  std::uint64_t last_id_ = 0;
};

} // namespace rollcall::sim
