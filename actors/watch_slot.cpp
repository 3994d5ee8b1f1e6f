#include "actors/watch_slot.hpp"

#include "actors/send_in.hpp"
#include "actors/shard_table.hpp"
#include "rollcall/error.hpp"
#include "rollcall/log.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <new>
#include <utility>
#include <vector>

namespace rollcall {

namespace {

constexpr const char* no_memory
    = "memory ran out when a change was noted; nobody can follow keys or "
      "watch topics any more";

} // namespace

template <class Step>
void watch_slot::run(Step step) noexcept {
  if (!is_open())
    return;
  try {
    step(tick_of(system_.clock().now()));
  } catch (const std::bad_alloc&) {
    out_of_memory();
  }
}

caf::error watch_slot::listen(listeners who,
                              const std::function<void()>& start) {
  if (has(listens_for_.load(std::memory_order_acquire), who))
    return check_open();
  const std::lock_guard guard{listening_mutex_};
  const auto before = listens_for_.load(std::memory_order_acquire);
  if (has(before, who))
    return check_open();
  try {
    start();
  } catch (const std::bad_alloc&) {
    out_of_memory();
  }
  listens_for_.store(before | who, std::memory_order_release);
  return check_open();
}

void watch_slot::changed(listeners told_to, std::span<const crdt::change> all,
                         caf::execution_unit* context) noexcept {
  if (told_to == listeners::none || all.empty())
    return;
  run([&](crdt::tick_time now) {
    if (table.take(told_to, all, now))
      wake(context);
  });
}

/// In pieces, so that writers get their turns.
void watch_slot::add(std::string_view topic, const snapshot& presences) {
  constexpr std::size_t piece = 1024;
  std::vector<std::string_view> keys;
  const auto flush = [&] {
    if (table.add(topic, keys, tick_of(system_.clock().now())))
      wake(nullptr);
    keys.clear();
  };
  for (const auto& one : presences) {
    keys.push_back(one.key());
    if (keys.size() == piece)
      flush();
  }
  flush();
}

void watch_slot::start_to_hear(std::size_t share, std::size_t shares) noexcept {
  run([&](crdt::tick_time now) {
    table.start_to_hear(share, shares, now);
    wake(nullptr);
  });
}

std::vector<crdt::key_status>
watch_slot::take_heard(std::size_t share) noexcept {
  std::vector<crdt::key_status> result;
  run([&](crdt::tick_time) { result = table.take_heard(share); });
  return result;
}

/// In pieces, as `add` does it.
void watch_slot::learn(std::span<const crdt::seen_key> all) noexcept {
  constexpr std::size_t piece = 1024;
  for (; !all.empty(); all = all.subspan(std::min(piece, all.size())))
    run([&](crdt::tick_time now) {
      table.learn(all.first(std::min(piece, all.size())), now);
    });
}

/// A change that was noted by half makes all that follows wrong.
void watch_slot::out_of_memory() noexcept {
  close();
  log(log_level::error, "rollcall.watch", no_memory);
}

caf::error watch_slot::check_open() const {
  if (is_open())
    return {};
  return make_error(ec::shard_unavailable,
                    "Rollcall was stopped, or what tells followers crashed "
                    "for good");
}

void watch_slot::wake(caf::execution_unit* context) {
  if (wake_up.raise())
    send_in(context, dispatcher(), atom::wake_v);
}

void watch_slot::end_actor() const {
  caf::anon_send_exit(dispatcher(), caf::exit_reason::user_shutdown);
}

void watch_slot::forget_actors() {
  set_dispatcher({});
  table.forget_actors();
}

} // namespace rollcall
