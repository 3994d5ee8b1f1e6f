#include "tests/sim/node_network.hpp"

#include <algorithm>

namespace rollcall::sim {

node_network::node_network(simulated_time& time, test::random_source& random,
                           std::size_t node_count, handlers to)
    : time_{time},
      random_{random},
      to_{std::move(to)},
      nodes_(node_count),
      is_cut_(node_count * node_count) {
}

duration node_network::between(duration low, duration high) {
  return duration{random_.between(static_cast<std::uint64_t>(low.count()),
                                  static_cast<std::uint64_t>(high.count()))};
}

duration node_network::delay(std::size_t from, std::size_t to) {
  return between(faults.delay_min, faults.delay_max) + nodes_[from].lag
         + nodes_[to].lag;
}

// -- processes ----------------------------------------------------------------

void node_network::start(std::size_t which) {
  auto& here = nodes_[which];
  here = {true, false, here.number + 1, here.lag, {}, {}};
}

void node_network::stop(std::size_t which) {
  std::vector<connection_id> own;
  for (const auto& [id, over] : connections_)
    if (over.ends[0].node == which || over.ends[1].node == which)
      own.push_back(id);
  for (const auto id : own) {
    auto& over = connections_.at(id);
    const auto side = side_of(over, which);
    if (!side)
      continue;
    // The kernel closes it; what it had not sent may be lost.
    if (over.is_lost || is_cut(which, over.ends[1 - *side].node)
        || random_.chance(0.5))
      close(which, id);
    else
      break_connection(id);
  }
  auto& here = nodes_[which];
  here = {false, false, here.number + 1, here.lag, {}, {}};
}

void node_network::pause(std::size_t which) {
  nodes_[which].is_paused = nodes_[which].is_running;
}

/// Whether timers or sockets come first is up to the machine.
void node_network::resume(std::size_t which) {
  auto& here = nodes_[which];
  here.is_paused = false;
  auto first = std::exchange(here.messages, {});
  auto second = std::exchange(here.timers, {});
  if (random_.chance(0.5))
    std::swap(first, second);
  const auto process = here.number;
  for (auto* queue : {&first, &second})
    for (auto& step : *queue)
      if (nodes_[which].number == process)
        step();
}

void node_network::to_node(std::size_t which, duration delay, bool is_timer,
                           action step) {
  time_.after(delay, [this, which, is_timer, process = nodes_[which].number,
                      step = std::move(step)] {
    if (nodes_[which].number == process)
      run(which, is_timer, step);
  });
}

void node_network::run(std::size_t which, bool is_timer, action step) {
  auto& here = nodes_[which];
  if (here.is_paused)
    (is_timer ? here.timers : here.messages).push_back(std::move(step));
  else if (here.is_running)
    step();
}

void node_network::after(std::size_t which, duration delay, action step) {
  to_node(which, delay, true, std::move(step));
}

// -- connections --------------------------------------------------------------

std::vector<node_network::connection_id>
node_network::between_nodes(std::size_t a, std::size_t b) const {
  const auto found = of_nodes_.find(std::minmax(a, b));
  if (found == of_nodes_.end())
    return {};
  return {found->second.begin(), found->second.end()};
}

/// Which end a running process of a node has, if that end is open.
std::optional<std::size_t> node_network::side_of(const connection& over,
                                                 std::size_t node) const {
  for (const std::size_t side : {0u, 1u})
    if (const auto& end = over.ends[side];
        end.node == node && end.process == nodes_[node].number && end.is_open)
      return side;
  return std::nullopt;
}

/// Whether a node has an open end towards the process that `peer` is now.
bool node_network::holds_connection(std::size_t node, std::size_t peer) const {
  const auto all = between_nodes(node, peer);
  return std::any_of(all.begin(), all.end(), [&](connection_id id) {
    const auto& over = connections_.at(id);
    const auto side = side_of(over, node);
    return side && over.ends[1 - *side].process == nodes_[peer].number;
  });
}

void node_network::connect(std::size_t from, std::size_t to) {
  to_node(from, 2 * delay(from, to), false,
          [=, this] { try_to_open(from, to); });
}

void node_network::try_to_open(std::size_t from, std::size_t to) {
  using outcome = crdt::dial_outcome;
  if (from == to)
    end_dial(from, to, outcome::myself, duration{0});
  else if (is_cut(from, to) || is_cut(to, from))
    end_dial(from, to, outcome::unreachable, faults.connect_timeout);
  else if (!nodes_[to].is_running)
    end_dial(from, to, outcome::unreachable, duration{0});
  else if (holds_connection(from, to) || holds_connection(to, from))
    end_dial(from, to, outcome::duplicate, duration{0});
  else if (random_.chance(faults.rejection))
    end_dial(from, to, outcome::rejected, duration{0});
  else
    open(from, to);
}

void node_network::end_dial(std::size_t from, std::size_t to,
                            crdt::dial_outcome outcome, duration delay) {
  to_node(from, delay, false,
          [=, this] { to_.dial_ended(from, to, outcome, connection_id{}); });
}

void node_network::open(std::size_t from, std::size_t to) {
  const connection_id id{++last_id_};
  connections_.emplace(id,
                       connection{{connection_end{from, nodes_[from].number},
                                   connection_end{to, nodes_[to].number}}});
  of_nodes_[std::minmax(from, to)].insert(id);
  to_node(from, duration{0}, false, [=, this] {
    to_.opened(from, to, id, true);
    to_.dial_ended(from, to, crdt::dial_outcome::opened, id);
  });
  to_node(to, duration{0}, false,
          [=, this] { to_.opened(to, from, id, false); });
  if (random_.chance(faults.early_reset))
    time_.after(between(duration{0}, duration{20'000}),
                [=, this] { break_connection(id); });
}

void node_network::send(std::size_t from, connection_id id, std::string bytes) {
  const auto found = connections_.find(id);
  if (found == connections_.end())
    return;
  if (const auto side = side_of(found->second, from))
    push(id, found->second, *side, std::move(bytes));
}

void node_network::close(std::size_t node, connection_id id) {
  const auto found = connections_.find(id);
  if (found == connections_.end())
    return;
  const auto side = side_of(found->second, node);
  if (!side)
    return;
  push(id, found->second, *side, std::nullopt);
  end_at(id, *side);
}

void node_network::push(connection_id id, connection& over, std::size_t sender,
                        piece content) {
  if (over.is_lost)
    return;
  if (is_cut(over.ends[sender].node, over.ends[1 - sender].node))
    over.ends[sender].held.push_back(std::move(content));
  else
    transmit(id, over, sender, std::move(content));
}

void node_network::transmit(connection_id id, connection& over,
                            std::size_t sender, piece content) {
  auto& target = over.ends[1 - sender];
  target.last_arrival
      = std::max(target.last_arrival,
                 time_.now() + delay(over.ends[sender].node, target.node));
  const auto shared = std::make_shared<const piece>(std::move(content));
  const auto wait = target.last_arrival - time_.now();
  const auto arrival = [=, this] { arrive(id, 1 - sender, *shared); };
  to_node(target.node, wait, false, arrival);
  if (*shared && wire::kind_of(**shared) == wire::packet_kind::shard
      && random_.chance(faults.repeat))
    to_node(target.node, wait + between(duration{0}, faults.repeat_after_max),
            false, arrival);
}

void node_network::arrive(connection_id id, std::size_t side,
                          const piece& content) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || found->second.is_lost
      || !found->second.ends[side].is_open)
    return;
  if (content)
    to_.arrived(found->second.ends[side].node, id, *content, false);
  else
    end_at(id, side);
}

/// An end is closed, and its process hears of that.
void node_network::end_at(connection_id id, std::size_t side) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || !found->second.ends[side].is_open)
    return;
  auto& over = found->second;
  const auto node = over.ends[side].node;
  const bool is_of_this_process
      = over.ends[side].process == nodes_[node].number;
  over.ends[side].is_open = false;
  if (!over.ends[1 - side].is_open) {
    of_nodes_[std::minmax(over.ends[0].node, over.ends[1].node)].erase(id);
    connections_.erase(found);
  }
  if (is_of_this_process)
    to_node(node, duration{0}, false, [=, this] { to_.closed(node, id); });
}

void node_network::break_connection(connection_id id) {
  const auto found = connections_.find(id);
  if (found == connections_.end())
    return;
  found->second.is_lost = true;
  for (const std::size_t side : {0u, 1u})
    time_.after(between(duration{0}, duration{1'000'000}),
                [=, this] { end_at(id, side); });
}

void node_network::break_connections(std::size_t a, std::size_t b) {
  for (const auto id : between_nodes(a, b))
    break_connection(id);
}

void node_network::silence_connections(std::size_t a, std::size_t b) {
  for (const auto id : between_nodes(a, b))
    connections_.at(id).is_lost = true;
}

void node_network::forge(std::size_t from, std::size_t to, std::string bytes) {
  for (const auto id : between_nodes(from, to))
    if (const auto side = side_of(connections_.at(id), to); side && from != to)
      return to_node(to, delay(from, to), false,
                     [=, this, bytes = std::move(bytes)] {
                       const auto found = connections_.find(id);
                       if (found != connections_.end()
                           && found->second.ends[*side].is_open)
                         to_.arrived(to, id, bytes, true);
                     });
  to_node(to, delay(from, to), false, [=, this, bytes = std::move(bytes)] {
    to_.arrived(to, connection_id{}, bytes, true);
  });
}

// -- the wire -----------------------------------------------------------------

void node_network::set_cut(std::size_t from, std::size_t to, bool is_cut) {
  if (from == to || this->is_cut(from, to) == is_cut)
    return;
  is_cut_[from * nodes_.size() + to] = is_cut;
  if (!is_cut)
    return release_held(from, to);
  for (const auto id : between_nodes(from, to))
    time_.after(between(faults.notice_min, faults.notice_max), [=, this] {
      if (this->is_cut(from, to))
        break_connection(id);
    });
}

void node_network::release_held(std::size_t from, std::size_t to) {
  for (const auto id : between_nodes(from, to)) {
    auto& over = connections_.at(id);
    for (const std::size_t sender : {0u, 1u})
      if (over.ends[sender].node == from)
        for (auto& content : std::exchange(over.ends[sender].held, {}))
          if (!over.is_lost)
            transmit(id, over, sender, std::move(content));
  }
}

void node_network::set_partition(const std::vector<bool>& side, bool is_cut) {
  for (std::size_t from = 0; from < nodes_.size(); ++from)
    for (std::size_t to = 0; to < nodes_.size(); ++to)
      if (side[from] != side[to])
        set_cut(from, to, is_cut);
}

void node_network::mend_all() {
  for (std::size_t from = 0; from < nodes_.size(); ++from)
    for (std::size_t to = 0; to < nodes_.size(); ++to)
      set_cut(from, to, false);
}

} // namespace rollcall::sim
