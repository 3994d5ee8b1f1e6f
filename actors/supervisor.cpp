#include "actors/supervisor.hpp"

#include "actors/dispatcher.hpp"
#include "actors/shard.hpp"
#include "rollcall/log.hpp"
#include "rollcall/nonblocking.hpp"

#include <caf/exit_reason.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <caf/system_messages.hpp>

#include <fmt/core.h>

#include <utility>

namespace rollcall {

namespace {

constexpr const char* component = supervisor_state::name;

} // namespace

void spawn_shard(caf::actor_system& system,
                 const std::shared_ptr<shard_slot>& slot) {
  shard_links links{slot->table, slot->replication, slot->queue, slot->news,
                    [slot] { return slot->dispatcher(); }};
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
  slot->set_dispatcher(
      slot->desk->hooks().is_active() && !is_test
          ? system.spawn<caf::detached + caf::hidden>(dispatcher, slot->desk)
          : spawn_nonblocking<caf::hidden>(system, nullptr, dispatcher,
                                           slot->desk));
}

void supervisor_state::start(std::shared_ptr<runtime> node) {
  node_ = std::move(node);
  restarts_.resize(node_->slots.size());
  for (const auto& slot : node_->slots) {
    self_->monitor(slot->dispatcher());
    self_->monitor(slot->shard());
    children_ += 2;
  }
}

void supervisor_state::child_ended(const caf::down_msg& message) {
  --children_;
  if (is_stopping_) {
    if (children_ == 0)
      end();
    return;
  }
  for (std::size_t i = 0; i < node_->slots.size(); ++i) {
    const auto& slot = *node_->slots[i];
    if (slot.shard().address() == message.source)
      return restart(i, true, message.reason);
    if (slot.dispatcher().address() == message.source)
      return restart(i, false, message.reason);
  }
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
  if (!may_restart(index)) {
    log(log_level::error, component,
        fmt::format("{} {} ended ({}) and stays down: it was restarted {} "
                    "times within {} s",
                    what, index, why, node_->settings.restarts_max,
                    node_->settings.restart_window.count()));
    // Without its dispatcher a shard would go on in silence.
    node_->slots[index]->close();
    return;
  }
  log(log_level::warning, component,
      fmt::format("{} {} ended ({}) and is restarted", what, index, why));
  const auto& slot = node_->slots[index];
  ++children_;
  // Counted when done: who sees the count finds the new actor in its place.
  if (is_shard) {
    spawn_shard(self_->system(), slot);
    self_->monitor(slot->shard());
    ++node_->shard_restarts;
  } else {
    spawn_dispatcher(self_->system(), slot);
    self_->monitor(slot->dispatcher());
    ++node_->dispatcher_restarts;
  }
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
  for (const auto& slot : node_->slots) {
    caf::anon_send_exit(slot->shard(), caf::exit_reason::user_shutdown);
    caf::anon_send_exit(slot->dispatcher(), caf::exit_reason::user_shutdown);
  }
}

supervisor_actor::behavior_type
supervisor(supervisor_actor::stateful_pointer<supervisor_state> self,
           std::shared_ptr<runtime> node) {
  self->state.start(std::move(node));
  self->set_down_handler(
      [self](caf::down_msg& message) { self->state.child_ended(message); });
  return {
      [self](atom::stop) { self->state.stop(); },
  };
}

} // namespace rollcall
