#include "actors/supervisor.hpp"

#include "actors/dispatcher.hpp"
#include "actors/shard.hpp"
#include "rollcall/log.hpp"
#include "rollcall/nonblocking.hpp"

#include <caf/actor_cast.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>

#include <fmt/core.h>

#include <atomic>
#include <memory>
#include <utility>

namespace rollcall {

void spawn_shard(caf::actor_system& system,
                 const std::shared_ptr<shard_slot>& slot) {
  shard_links links{
      slot->table,
      slot->routes,
      slot->inbox,
      slot->wake_up,
      [slot] { return slot->dispatcher(); },
      [slot](const auto& owners) { slot->tell_replaced(owners); }};
  const auto fresh = spawn_nonblocking<caf::hidden>(system, nullptr, shard,
                                                    std::move(links));
  slot->set_shard(fresh);
  caf::anon_send(fresh, atom::written_v); // What told its predecessor is lost.
}

/// Hooks may block, so a dispatcher that runs some has a thread of its own;
/// not in a test that runs everything by itself.
void spawn_dispatcher(caf::actor_system& system,
                      const std::shared_ptr<shard_slot>& slot) {
  const bool is_test
      = dynamic_cast<caf::scheduler::test_coordinator*>(&system.scheduler())
        != nullptr;
  if (is_test || !slot->dispatch->hooks.is_active())
    return slot->set_dispatcher(spawn_nonblocking<caf::hidden>(system, nullptr,
                                                               dispatcher,
                                                               slot->dispatch),
                                nullptr);
  auto has_ended = std::make_shared<std::atomic<bool>>(false);
  auto fresh
      = system.spawn<caf::detached + caf::hidden>(dispatcher, slot->dispatch);
  caf::actor_cast<caf::abstract_actor*>(fresh)->attach_functor([has_ended] {
    has_ended->store(true);
    has_ended->notify_all();
  });
  slot->set_dispatcher(std::move(fresh), std::move(has_ended));
}

void supervisor_state::start(std::shared_ptr<runtime> node) {
  node_ = std::move(node);
  restarts_.resize(node_->slots.size());
  for (std::size_t i = 0; i < node_->slots.size(); ++i) {
    watch(i, true);
    watch(i, false);
  }
}

/// Has the end of a child told to this actor. `monitor` would not do: its
/// message holds the actor that ended as its sender, and as long as somebody
/// holds a dispatcher that has a thread of its own, that thread does not end.
void supervisor_state::watch(std::size_t index, bool is_shard) {
  const auto& slot = *node_->slots[index];
  const auto child
      = is_shard ? caf::actor_cast<caf::strong_actor_ptr>(slot.shard())
                 : caf::actor_cast<caf::strong_actor_ptr>(slot.dispatcher());
  if (!child)
    return; // The actor system ends, and so does this actor.
  ++children_;
  child->get()->attach_functor([=, to = caf::actor_addr{self_->address()}](
                                   const caf::error& reason) {
    if (const auto handle = caf::actor_cast<caf::strong_actor_ptr>(to))
      handle->enqueue(nullptr, caf::make_message_id(),
                      caf::make_message(child_ended{index, is_shard, reason}),
                      nullptr);
  });
}

void supervisor_state::take(const child_ended& message) {
  --children_;
  if (!is_stopping_)
    restart(message.slot, message.is_shard, message.reason);
  else if (children_ == 0)
    end();
}

/// Whether one more restart stays within the limit.
bool supervisor_state::may_restart(std::size_t index) {
  auto& recent = restarts_[index];
  const auto now = self_->clock().now();
  while (!recent.empty()
         && now - recent.front() > node_->settings.restart_window)
    recent.pop_front();
  if (recent.size() >= node_->settings.restarts_max)
    return false;
  recent.push_back(now);
  return true;
}

void supervisor_state::restart(std::size_t index, bool is_shard,
                               const caf::error& reason) {
  const auto* what = is_shard ? "shard" : "dispatcher";
  const auto why = caf::to_string(reason);
  const auto& slot = node_->slots[index];
  if (!slot->is_open()) { // The other half stays down, or all of it ends.
    if (is_shard)
      slot->inbox->close();
    return;
  }
  if (!may_restart(index)) {
    log(log_level::error, supervisor_state::name,
        fmt::format("{} {} ended ({}) and stays down: it was restarted {} "
                    "times within {} s",
                    what, index, why, node_->settings.restarts_max,
                    node_->settings.restart_window.count()));
    // Without its dispatcher a shard would go on in silence.
    slot->close();
    if (is_shard)
      slot->inbox->close();
    return;
  }
  log(log_level::warning, supervisor_state::name,
      fmt::format("{} {} ended ({}) and is restarted", what, index, why));
  // Counted when done: who sees the count finds the new actor in its place.
  if (is_shard) {
    spawn_shard(self_->system(), slot);
    watch(index, true);
    ++node_->shard_restarts;
  } else {
    spawn_dispatcher(self_->system(), slot);
    watch(index, false);
    ++node_->dispatcher_restarts;
  }
  if (!slot->is_open())
    slot->end_actors(); // Who closed it meanwhile did not see the new one.
}

void supervisor_state::end() {
  node_->forget_actors();
  self_->quit();
}

void supervisor_state::stop() {
  is_stopping_ = true;
  for (const auto& slot : node_->slots)
    slot->close();
  if (children_ == 0)
    end();
  for (const auto& slot : node_->slots)
    slot->end_actors();
}

supervisor_actor::behavior_type
supervisor(supervisor_actor::stateful_pointer<supervisor_state> self,
           std::shared_ptr<runtime> node) {
  self->state.start(std::move(node));
  return {
      [self](const child_ended& message) { self->state.take(message); },
      [self](atom::stop) { self->state.stop(); },
  };
}

} // namespace rollcall
