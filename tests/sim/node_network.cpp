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
  here = {true, false, here.life + 1, here.lag, {}, {}};
}

void node_network::stop(std::size_t which) {
  auto& here = nodes_[which];
  here = {false, false, here.life + 1, here.lag, {}, {}};
  for (std::size_t other = 0; other < nodes_.size(); ++other)
    break_lines(which, other);
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
  const auto life = here.life;
  for (auto* queue : {&first, &second})
    for (auto& what : *queue)
      if (nodes_[which].life == life)
        what();
}

void node_network::to_node(std::size_t which, duration delay, bool is_timer,
                           action what) {
  time_.after(delay, [this, which, is_timer, life = nodes_[which].life,
                      what = std::move(what)] {
    if (nodes_[which].life == life)
      run(which, is_timer, what);
  });
}

void node_network::run(std::size_t which, bool is_timer, action what) {
  auto& here = nodes_[which];
  if (here.is_paused)
    (is_timer ? here.timers : here.messages).push_back(std::move(what));
  else if (here.is_running)
    what();
}

void node_network::after(std::size_t which, duration delay, action what) {
  to_node(which, delay, true, std::move(what));
}

// -- lines --------------------------------------------------------------------

bool node_network::has_line(std::size_t a, std::size_t b) const {
  return std::any_of(lines_.begin(), lines_.end(), [&](const auto& item) {
    const auto& ends = item.second.ends;
    return (ends[0] == a && ends[1] == b) || (ends[0] == b && ends[1] == a);
  });
}

void node_network::dial(std::size_t from, std::size_t to) {
  to_node(from, 2 * delay(from, to), false, [=, this] { open(from, to); });
}

void node_network::open(std::size_t from, std::size_t to) {
  if (!nodes_[to].is_running || is_cut(from, to) || is_cut(to, from)
      || has_line(from, to))
    return;
  const auto id = ++last_line_;
  lines_.emplace(id, line{{from, to}, {}, {}});
  to_node(from, duration{0}, false, [=, this] { to_.opened(from, to, id); });
  to_node(to, duration{0}, false, [=, this] { to_.opened(to, from, id); });
  if (random_.chance(faults.early_reset))
    time_.after(between(duration{0}, duration{20'000}),
                [=, this] { break_line(id); });
}

void node_network::send(std::size_t from, line_id id, std::string bytes) {
  const auto found = lines_.find(id);
  if (found == lines_.end())
    return;
  auto& over = found->second;
  const auto direction = over.ends[0] == from ? std::size_t{0} : 1;
  if (is_cut(from, over.ends[1 - direction]))
    over.held[direction].push_back(std::move(bytes));
  else
    transmit(id, over, direction, std::move(bytes));
}

void node_network::transmit(line_id id, line& over, std::size_t direction,
                            std::string bytes) {
  const auto to = over.ends[1 - direction];
  auto& last = over.last_arrival[direction];
  last = std::max(last, time_.now() + delay(over.ends[direction], to));
  const auto shared = std::make_shared<const std::string>(std::move(bytes));
  to_node(to, last - time_.now(), false, [=, this] {
    if (lines_.contains(id))
      to_.arrived(to, id, *shared);
  });
}

void node_network::break_line(line_id id) {
  const auto found = lines_.find(id);
  if (found == lines_.end())
    return;
  const auto ends = found->second.ends;
  lines_.erase(found);
  for (const auto end : ends)
    to_node(end, between(duration{0}, duration{1'000'000}), false,
            [=, this] { to_.closed(end, id); });
}

void node_network::break_lines(std::size_t a, std::size_t b) {
  std::vector<line_id> broken;
  for (const auto& [id, over] : lines_)
    if ((over.ends[0] == a && over.ends[1] == b)
        || (over.ends[0] == b && over.ends[1] == a))
      broken.push_back(id);
  for (const auto id : broken)
    break_line(id);
}

// -- the wire -----------------------------------------------------------------

void node_network::set_cut(std::size_t from, std::size_t to, bool is_cut) {
  if (from == to || this->is_cut(from, to) == is_cut)
    return;
  is_cut_[from * nodes_.size() + to] = is_cut;
  if (!is_cut)
    return release_held(from, to);
  for (const auto& [id, over] : lines_)
    if ((over.ends[0] == from && over.ends[1] == to)
        || (over.ends[0] == to && over.ends[1] == from))
      time_.after(between(faults.notice_min, faults.notice_max),
                  [=, this, id = id] {
                    if (this->is_cut(from, to))
                      break_line(id);
                  });
}

void node_network::release_held(std::size_t from, std::size_t to) {
  for (auto& [id, over] : lines_)
    for (const std::size_t direction : {0, 1})
      if (over.ends[direction] == from && over.ends[1 - direction] == to)
        for (auto& bytes : std::exchange(over.held[direction], {}))
          transmit(id, over, direction, std::move(bytes));
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
