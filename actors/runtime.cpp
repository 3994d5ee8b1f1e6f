#include "actors/runtime.hpp"

#include <ctime>
#include <utility>

namespace rollcall {

namespace {

/// Names this life of the node. The wall clock is good for that, since a name
/// need only differ from the ones before; nothing measures time by it.
std::uint64_t fresh_incarnation() noexcept {
  std::timespec now{};
  std::timespec_get(&now, TIME_UTC);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000
         + static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

config with_incarnation(config settings) noexcept {
  if (settings.incarnation == 0)
    settings.incarnation = fresh_incarnation();
  return settings;
}

} // namespace

shard_slot::shard_slot(const crdt::replica_id& self, const config& settings,
                       const hooks_factory& make_hooks)
    : queue{std::make_shared<diff_queue>(limits::waiting_changes_max,
                                         limits::waiting_events_max)},
      table{std::make_shared<shard_table>(
          self, settings, static_cast<bool>(make_hooks), *queue)},
      replication{
          std::make_shared<shard_replication>(*table, settings.replication)},
      desk{std::make_shared<dispatch_desk>(
          *queue, settings.diff_window, make_hooks,
          [held = table](const std::string& topic) { held->unwatch(topic); })} {
}

shard_actor shard_slot::shard() const {
  const std::lock_guard guard{mutex_};
  return shard_;
}

dispatcher_actor shard_slot::dispatcher() const {
  const std::lock_guard guard{mutex_};
  return dispatcher_;
}

void shard_slot::set_shard(shard_actor handle) {
  const std::lock_guard guard{mutex_};
  shard_ = std::move(handle);
}

void shard_slot::set_dispatcher(dispatcher_actor handle) {
  const std::lock_guard guard{mutex_};
  dispatcher_ = std::move(handle);
}

runtime::runtime(caf::actor_system& where, config with,
                 const hooks_factory& make_hooks)
    : system{where},
      settings{with_incarnation(std::move(with))},
      has_hooks{static_cast<bool>(make_hooks)} {
  for (std::uint16_t i = 0; i < settings.shard_count; ++i)
    slots.push_back(std::make_shared<shard_slot>(
        crdt::replica_id{settings.node_name, settings.incarnation, i, 0},
        settings, make_hooks));
}

shard_slot& runtime::slot_of(std::string_view topic) const noexcept {
  return *slots[shard_index(topic, slots.size())];
}

runtime_stats runtime::stats() const {
  runtime_stats total;
  for (const auto& slot : slots) {
    slot->table->add_to(total);
    total.subscriptions += slot->desk->subscriptions();
    total.waiting_changes += slot->queue->size();
    total.dropped_events += slot->queue->dropped_events();
    total.diffs += slot->desk->diffs();
    total.hook_failures += slot->desk->hooks().failures();
  }
  total.shard_restarts = shard_restarts.load();
  total.dispatcher_restarts = dispatcher_restarts.load();
  return total;
}

void runtime::tell_here(std::string_view topic, std::string_view key,
                        const caf::message& what) const {
  for (const auto& owner : slot_of(topic).table->owners_of(topic, key))
    if (const auto handle = caf::actor_cast<caf::strong_actor_ptr>(owner))
      handle->enqueue(nullptr, caf::make_message_id(), what, nullptr);
}

caf::actor runtime::cluster() const {
  const std::lock_guard guard{mutex_};
  return cluster_;
}

void runtime::set_cluster(caf::actor handle) {
  const std::lock_guard guard{mutex_};
  cluster_ = std::move(handle);
}

std::size_t shard_index(std::string_view topic,
                        std::size_t shard_count) noexcept {
  // FNV-1a, since std::hash may differ between builds.
  std::uint64_t hash = 0xcbf29ce484222325ull;
  for (const char c : topic)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return static_cast<std::size_t>((hash ^ hash >> 32) % shard_count);
}

} // namespace rollcall
