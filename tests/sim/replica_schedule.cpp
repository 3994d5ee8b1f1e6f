#include "tests/sim/replica_schedule.hpp"

#include <stdexcept>

namespace rollcall::sim {

namespace {

constexpr duration period{100'000};
constexpr moment chaos_end{4'000'000};
constexpr moment give_up{40'000'000};

} // namespace

replica_schedule::replica_schedule(std::uint64_t seed)
    : random_{seed},
      sites_(2 + random_.below(6)),
      network_{time_, random_, sites_.size(),
               [this](std::size_t from, std::size_t to,
                      const replica_message& message) {
                 sites_[to].replica->receive(from, message, time_.now());
               }} {
  settings_.deaths_max
      = std::vector<std::size_t>{0, 3, 20, 65'536}[random_.below(4)];
  settings_.chunk_bytes_max
      = std::vector<std::size_t>{0, 100, 1'000, 100'000}[random_.below(4)];
  settings_.gone_after = duration{random_.between(400'000, 5'000'000)};
  network_.faults.loss
      = std::vector<double>{0, 0.05, 0.3, 0.6}[random_.below(4)];
  network_.faults.duplication = random_.chance(0.5) ? 0.2 : 0;
  network_.faults.delay_max = duration{random_.between(1'000, 300'000)};
}

std::optional<std::string> replica_schedule::run() {
  try {
    for (std::size_t i = 0; i < sites_.size(); ++i) {
      start(i);
      tick(i);
    }
    chaos();
    time_.run_until(chaos_end);
    heal();
    while (difference() && time_.now() < give_up)
      time_.run_until(time_.now() + period);
    return difference();
  } catch (const std::logic_error& problem) {
    return problem.what();
  }
}

void replica_schedule::start(std::size_t which) {
  auto& here = sites_[which];
  here.ended.clear();
  here.owned.clear();
  here.replica = std::make_unique<simulated_replica>(
      which, ++here.incarnation, sites_.size(), settings_, random_,
      [this, which](std::size_t to, replica_message message) {
        network_.send(which, to, std::move(message));
      });
  here.replica->on_changes
      = [this, which](const crdt::changes& reported, bool is_about_replica) {
          note(sites_[which], reported, is_about_replica);
        };
}

/// Runs the timer of a site, for ever; a paused one misses its ticks.
void replica_schedule::tick(std::size_t which) {
  time_.after(duration{random_.between(80'000, 120'000)},
              [this, which] { tick(which); });
  if (network_.is_paused(which))
    return;
  sites_[which].replica->tick(time_.now());
  sites_[which].replica->state.check();
}

/// One random fault or a burst of writes, and plans the next.
void replica_schedule::chaos() {
  if (!is_chaotic_)
    return;
  time_.after(duration{random_.between(1'000, 60'000)}, [this] { chaos(); });
  const auto which = random_.below(sites_.size());
  const auto other = random_.below(sites_.size());
  switch (random_.below(24)) {
  case 0: {
    std::vector<bool> side;
    for (std::size_t i = 0; i < sites_.size(); ++i)
      side.push_back(random_.chance(0.5));
    network_.set_partition(side, true);
    break;
  }
  case 1:
    network_.set_cut(which, other, true);
    break;
  case 2:
  case 3:
    network_.mend_all();
    break;
  case 4:
    network_.pause(which);
    break;
  case 5:
  case 6:
    network_.resume(which);
    break;
  case 7:
    network_.reset(which);
    start(which);
    break;
  default:
    if (!network_.is_paused(which))
      write(sites_[which]);
  }
}

void replica_schedule::heal() {
  is_chaotic_ = false;
  network_.faults = {};
  network_.mend_all();
  for (std::size_t i = 0; i < sites_.size(); ++i)
    network_.resume(i);
}

void replica_schedule::write(site& where) {
  for (auto count = random_.between(1, 12); count > 0; --count) {
    write_one(where,
              {"topic" + std::to_string(random_.below(3)),
               "key" + std::to_string(random_.below(5)), random_.below(4)});
    ++writes_;
    note_own(where);
  }
}

/// Writes, and checks that the set took it exactly if it is possible.
void replica_schedule::write_one(site& where, const identity& who) {
  auto& state = where.replica->state;
  const auto& [topic, key, owner] = who;
  const auto meta = "{\"v\":" + std::to_string(writes_) + "}";
  const auto text
      = topic + "/" + key + "/" + std::to_string(owner) + "/" + meta;
  const bool is_there = where.owned.contains(who);
  bool is_right = true;
  switch (random_.below(8)) {
  case 0:
    state.leave_owner(owner);
    std::erase_if(where.owned, [owner = owner](const auto& held) {
      return std::get<2>(held.first) == owner;
    });
    break;
  case 1:
  case 2:
    is_right = state.leave(topic, key, owner) == is_there;
    where.owned.erase(who);
    break;
  case 3:
  case 4:
    is_right = state.update(topic, key, owner, meta) == is_there;
    if (is_there)
      where.owned[who] = text;
    break;
  default:
    is_right = state.join(topic, key, owner, meta) != is_there;
    where.owned.try_emplace(who, text);
  }
  if (!is_right)
    throw std::logic_error{"a write was refused or taken wrongly: " + text};
}

/// A presence comes into being with an own write and in no other way.
void replica_schedule::note_own(site& where) {
  const auto& state = where.replica->state;
  for (const auto& [topic, before, after] : state.last)
    if (after)
      ever_.emplace(after->dot(), test::replayed_view::text(*topic, *after));
  note(where, state.last, false);
}

void replica_schedule::note(site& where, const crdt::changes& reported,
                            bool is_about_replica) {
  for (const auto& [topic, before, after] : reported) {
    if (after) {
      const auto text = test::replayed_view::text(*topic, *after);
      const auto origin = ever_.find(after->dot());
      if (origin == ever_.end() || origin->second != text)
        throw std::logic_error{"shown, but it never was: " + text};
      if (where.ended.contains(after->dot()))
        throw std::logic_error{"joined again after it left: " + text};
    }
    if (before && !is_about_replica)
      where.ended.insert(before->dot());
  }
  // Whoever forgot a replica may meet it again and start from nothing.
  if (is_about_replica)
    std::erase_if(where.ended, [&](const crdt::dot& dot) {
      return !where.replica->state.set.knows(dot.replica);
    });
}

std::optional<std::string> replica_schedule::difference() {
  std::set<std::string> truth;
  std::size_t count = 0;
  for (const auto& here : sites_)
    for (const auto& [who, text] : here.owned) {
      truth.insert(text);
      ++count;
    }
  for (auto& here : sites_) {
    const auto shown = here.replica->state.shown();
    if (shown != truth || here.replica->state.set.size() != count)
      return here.replica->state.set.self().node + " shows "
             + std::to_string(here.replica->state.set.size()) + " of "
             + std::to_string(count) + " presences, or the wrong ones";
  }
  return std::nullopt;
}

} // namespace rollcall::sim
