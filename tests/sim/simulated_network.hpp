#pragma once

#include "tests/sim/simulated_time.hpp"
#include "tests/support/random.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace rollcall::sim {

/// What a network does to messages. Different delays are what reorders them.
struct network_faults {
  double loss = 0;        ///< Share of messages that vanish.
  double duplication = 0; ///< Share of messages that arrive twice.
  duration delay_min{1'000};
  duration delay_max{5'000};
};

/// A network of `node_count` nodes that loses, doubles, delays and reorders
/// messages, with links that can be cut one way and nodes that can be paused.
///
/// Knows nothing of what it carries, so that sets, replicators and whole nodes
/// run on it alike.
template <class Message>
class simulated_network {
public:
  using receiver = std::function<void(std::size_t from, std::size_t to,
                                      const Message& message)>;

  simulated_network(simulated_time& time, test::random_source& random,
                    std::size_t node_count, receiver deliver)
      : time_{time},
        random_{random},
        node_count_{node_count},
        deliver_{std::move(deliver)},
        is_cut_(node_count * node_count),
        is_paused_(node_count),
        waiting_(node_count) {
  }

  network_faults faults;

  void send(std::size_t from, std::size_t to, Message message) {
    if (is_cut(from, to) || random_.chance(faults.loss))
      return;
    const auto shared = std::make_shared<const Message>(std::move(message));
    const int copies = random_.chance(faults.duplication) ? 2 : 1;
    for (int i = 0; i < copies; ++i)
      time_.after(delay(), [=, this] { arrive(from, to, shared); });
  }

  /// Cuts or mends one direction. What is under way is lost at a cut.
  void set_cut(std::size_t from, std::size_t to, bool is_cut) {
    is_cut_[from * node_count_ + to] = is_cut;
  }

  /// Cuts or mends each link between two sides, both ways.
  void set_partition(const std::vector<bool>& side, bool is_cut) {
    for (std::size_t from = 0; from < node_count_; ++from)
      for (std::size_t to = 0; to < node_count_; ++to)
        if (side[from] != side[to])
          set_cut(from, to, is_cut);
  }

  void mend_all() {
    is_cut_.assign(is_cut_.size(), false);
  }

  [[nodiscard]] bool is_cut(std::size_t from, std::size_t to) const {
    return is_cut_[from * node_count_ + to];
  }

  /// Stops a node: what reaches it waits, as in the buffers of its sockets.
  void pause(std::size_t node) {
    is_paused_[node] = true;
  }

  /// Goes on, with all that waited.
  void resume(std::size_t node) {
    is_paused_[node] = false;
    for (const auto& [from, message] : std::exchange(waiting_[node], {}))
      deliver_(from, node, *message);
  }

  /// Loses what waits for a node, as when its process ends.
  void reset(std::size_t node) {
    waiting_[node].clear();
    is_paused_[node] = false;
  }

  [[nodiscard]] bool is_paused(std::size_t node) const {
    return is_paused_[node];
  }

private:
  using shared_message = std::shared_ptr<const Message>;

  duration delay() {
    const auto spread = faults.delay_max - faults.delay_min;
    return faults.delay_min
           + duration{
               random_.below(static_cast<std::size_t>(spread.count()) + 1)};
  }

  void arrive(std::size_t from, std::size_t to, const shared_message& what) {
    if (is_cut(from, to))
      return;
    if (is_paused_[to])
      waiting_[to].emplace_back(from, what);
    else
      deliver_(from, to, *what);
  }

  simulated_time& time_;
  test::random_source& random_;
  std::size_t node_count_;
  receiver deliver_;
  std::vector<bool> is_cut_;
  std::vector<bool> is_paused_;
  std::vector<std::vector<std::pair<std::size_t, shared_message>>> waiting_;
};

} // namespace rollcall::sim
