#include "actors/supervisor.hpp"

#include "actors/calling_thread.hpp"
#include "actors/dispatcher.hpp"
#include "actors/shard.hpp"
#include "actors/watch_dispatcher.hpp"
#include "rollcall/log.hpp"
#include "rollcall/nonblocking.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <fmt/core.h>

#include <atomic>
#include <memory>
#include <utility>

namespace rollcall {

void spawn_shard(caf::actor_system& system,
                 const std::shared_ptr<shard_slot>& slot) {
  shard_links links{slot->table,
                    slot->routes,
                    slot->inbox,
                    slot->wake_up,
                    slot->watches,
                    [slot] { return slot->dispatcher(); },
                    [slot](const auto& owners) { slot->tell_replaced(owners); },
                    [slot](crdt::tick_time now, caf::execution_unit* context) {
                      slot->tick(now, context);
                    }};
  const auto fresh = spawn_nonblocking<caf::hidden>(system, nullptr, shard,
                                                    std::move(links));
  slot->set_shard(fresh);
  caf::anon_send(fresh, atom::written_v); // What told its predecessor is lost.
}

/// Hooks may block, so a dispatcher that runs some has a thread of its own;
/// not in a test that runs everything by itself.
void spawn_dispatcher(caf::actor_system& system,
                      const std::shared_ptr<shard_slot>& slot) {
  const auto links = slot->dispatch;
  const bool has_own_thread = links->hooks.is_active() && !runs_by_hand(system);
  auto fresh
      = has_own_thread
            ? system.spawn<caf::detached + caf::hidden>(dispatcher, links)
            : spawn_nonblocking<caf::hidden>(system, nullptr, dispatcher,
                                             links);
  auto end = std::make_shared<dispatcher_end>(has_own_thread);
  caf::actor_cast<caf::abstract_actor*>(fresh)->attach_functor(
      [end, links] { end->come(*links); });
  slot->set_dispatcher(std::move(fresh), std::move(end));
}

void spawn_watch_dispatcher(const std::shared_ptr<runtime>& node) {
  node->watches->set_dispatcher(spawn_nonblocking<caf::hidden>(
      node->system, nullptr, watch_dispatcher, node->watches, node));
}

namespace {

/// The names of all `child_kind`, in their order.
constexpr std::string_view child_names[]
    = {"shard", "dispatcher", "watch dispatcher"};

std::string_view name_of(child_kind kind) {
  return child_names[static_cast<std::size_t>(kind)];
}

} // namespace

void supervisor_state::start(std::shared_ptr<runtime> node) {
  node_ = std::move(node);
  const auto slots = node_->slots.size();
  restarts_.resize(slots + 1);
  for (std::size_t i = 0; i < slots; ++i) {
    watch(child_kind::shard, i);
    watch(child_kind::dispatcher, i);
  }
  watch(child_kind::watch_dispatcher, slots);
}

caf::strong_actor_ptr supervisor_state::child(child_kind kind,
                                              std::size_t index) const {
  using caf::actor_cast;
  using caf::strong_actor_ptr;
  if (kind == child_kind::watch_dispatcher)
    return actor_cast<strong_actor_ptr>(node_->watches->dispatcher());
  const auto& slot = *node_->slots[index];
  return kind == child_kind::shard
             ? actor_cast<strong_actor_ptr>(slot.shard())
             : actor_cast<strong_actor_ptr>(slot.dispatcher());
}

/// Has the end of a child told to this actor. `monitor` would not do: its
/// message holds the actor that ended as its sender, and as long as somebody
/// holds a dispatcher that has a thread of its own, that thread does not end.
void supervisor_state::watch(child_kind kind, std::size_t index) {
  const auto watched = child(kind, index);
  if (!watched)
    return; // The actor system ends, and so does this actor.
  ++children_;
  watched->get()->attach_functor(
      [=, to = caf::actor_addr{self_->address()}](const caf::error& reason) {
        if (const auto handle = caf::actor_cast<caf::strong_actor_ptr>(to))
          handle->enqueue(nullptr, caf::make_message_id(),
                          caf::make_message(child_ended{kind, index, reason}),
                          nullptr);
      });
}

void supervisor_state::take(const child_ended& message) {
  --children_;
  if (!is_stopping_)
    restart(message);
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

void supervisor_state::restart(const child_ended& ended) {
  const auto [kind, index, reason] = ended;
  if (!is_open(ended)) { // The other half stays down, or all of it ends.
    close_inbox(ended);
    return;
  }
  if (!may_restart(index)) {
    log(log_level::error, supervisor_state::name,
        fmt::format("{} {} ended ({}) and stays down: it was restarted {} "
                    "times within {} s",
                    name_of(kind), index, caf::to_string(reason),
                    node_->settings.restarts_max,
                    node_->settings.restart_window.count()));
    // Without its dispatcher a shard would go on in silence.
    close(ended);
    close_inbox(ended);
    return;
  }
  log(log_level::warning, supervisor_state::name,
      fmt::format("{} {} ended ({}) and is restarted", name_of(kind), index,
                  caf::to_string(reason)));
  spawn(ended);
  if (!is_open(ended))
    end_actors(ended); // Who closed it meanwhile did not see the new one.
}

/// Counted when done: who sees the count finds the new actor in its place.
void supervisor_state::spawn(const child_ended& ended) {
  auto& system = self_->system();
  if (ended.kind == child_kind::watch_dispatcher)
    spawn_watch_dispatcher(node_);
  else if (ended.kind == child_kind::shard)
    spawn_shard(system, node_->slots[ended.slot]);
  else
    spawn_dispatcher(system, node_->slots[ended.slot]);
  watch(ended.kind, ended.slot);
  if (ended.kind == child_kind::shard)
    ++node_->shard_restarts;
  else
    ++node_->dispatcher_restarts;
}

bool supervisor_state::is_open(const child_ended& ended) const {
  return ended.kind == child_kind::watch_dispatcher
             ? node_->watches->is_open()
             : node_->slots[ended.slot]->is_open();
}

void supervisor_state::close(const child_ended& ended) {
  if (ended.kind == child_kind::watch_dispatcher)
    node_->watches->close();
  else
    node_->slots[ended.slot]->close();
}

void supervisor_state::close_inbox(const child_ended& ended) {
  if (ended.kind == child_kind::shard)
    node_->slots[ended.slot]->inbox->close();
}

void supervisor_state::end_actors(const child_ended& ended) {
  if (ended.kind == child_kind::watch_dispatcher)
    node_->watches->end_actor();
  else
    node_->slots[ended.slot]->end_actors();
}

void supervisor_state::end() {
  node_->forget_actors();
  self_->quit();
}

void supervisor_state::stop() {
  is_stopping_ = true;
  for (const auto& slot : node_->slots)
    slot->close();
  node_->watches->close();
  if (children_ == 0)
    end();
  for (const auto& slot : node_->slots)
    slot->end_actors();
  node_->watches->end_actor();
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
