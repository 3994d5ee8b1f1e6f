#pragma once

#include "tests/sim/simulated_time.hpp"
#include "tests/support/random.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::sim {

/// One connection between two nodes.
using line_id = std::uint64_t;

/// What the lines between nodes suffer.
struct line_faults {
  duration delay_min{200};
  duration delay_max{2'000};
  double early_reset = 0;         ///< Share of lines that break as they start.
  duration notice_min{100'000};   ///< A cut line breaks after this long or
  duration notice_max{5'000'000}; ///< that long, if it is not mended before.
};

/// Connections between nodes as TCP gives them: ordered and without loss while
/// they last, stalled by a short cut, broken by a long one. What is under way
/// is lost when a line breaks, and each end hears of it at its own time.
class node_network {
public:
  struct handlers {
    std::function<void(std::size_t node, std::size_t peer, line_id)> opened;
    std::function<void(std::size_t node, line_id)> closed;
    std::function<void(std::size_t node, line_id, const std::string& bytes)>
        arrived;
  };

  node_network(simulated_time& time, test::random_source& random,
               std::size_t node_count, handlers to);

  line_faults faults;

  // -- processes --------------------------------------------------------------

  /// The process of a node starts; nothing waits for it.
  void start(std::size_t node);

  /// It ends: its lines break, its timers are forgotten.
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

  /// A timer of this life of a node.
  void after(std::size_t node, duration delay, simulated_time::action what);

  /// Everything from and to a node takes this much longer.
  void slow_down(std::size_t node, duration by) {
    nodes_[node].lag = by;
  }

  // -- lines ------------------------------------------------------------------

  /// Tries to open a line; nothing comes of it where there is no way or
  /// already a line.
  void dial(std::size_t from, std::size_t to);
  void send(std::size_t from, line_id line, std::string bytes);
  void break_line(line_id line);
  void break_lines(std::size_t a, std::size_t b);

  // -- the wire ---------------------------------------------------------------

  void set_cut(std::size_t from, std::size_t to, bool is_cut);
  void set_partition(const std::vector<bool>& side, bool is_cut);
  void mend_all();

private:
  using action = simulated_time::action;

  struct process_state {
    bool is_running = false;
    bool is_paused = false;
    std::uint64_t life = 0;
    duration lag{0};
    std::deque<action> messages; ///< Waiting while it is paused.
    std::deque<action> timers;
  };

  struct line {
    std::array<std::size_t, 2> ends;
    std::array<moment, 2> last_arrival{};
    std::array<std::deque<std::string>, 2> held; ///< While it is cut.
  };

  [[nodiscard]] bool is_cut(std::size_t from, std::size_t to) const {
    return is_cut_[from * nodes_.size() + to];
  }
  [[nodiscard]] bool has_line(std::size_t a, std::size_t b) const;
  void to_node(std::size_t which, duration delay, bool is_timer, action what);
  void run(std::size_t which, bool is_timer, action what);
  void open(std::size_t from, std::size_t to);
  void transmit(line_id id, line& over, std::size_t direction,
                std::string bytes);
  void release_held(std::size_t from, std::size_t to);
  [[nodiscard]] duration delay(std::size_t from, std::size_t to);
  [[nodiscard]] duration between(duration low, duration high);

  simulated_time& time_;
  test::random_source& random_;
  handlers to_;
  std::vector<process_state> nodes_;
  std::vector<bool> is_cut_;
  std::map<line_id, line> lines_;
  line_id last_line_ = 0;
};

} // namespace rollcall::sim
