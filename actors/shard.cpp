#include "actors/shard.hpp"

#include "actors/crash_log.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/system_messages.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace rollcall {

void shard_state::start(shard_links links) {
  links_ = std::move(links);
  // An owner that died meanwhile answers a monitor with its down message.
  for (const auto& owner : links_.table->start_anew())
    if (const auto handle = caf::actor_cast<caf::strong_actor_ptr>(owner))
      self_->monitor(handle);
    else
      owner_ended({owner, caf::exit_reason::unknown});
  wait_for_linger();
  wait_for_flush();
}

void shard_state::publish(topic_event_ptr& event) {
  if (event)
    wake_dispatcher(links_.queue->push(std::move(event)));
}

void shard_state::owner_ended(const caf::down_msg& message) {
  const bool lingers = message.reason != caf::exit_reason::normal;
  settle(
      links_.table->owner_ended(message.source, lingers, self_->clock().now()));
  wait_for_linger();
}

void shard_state::end_lingering() {
  linger_timers_.fired(self_->clock().now().time_since_epoch());
  settle(links_.table->end_lingering(self_->clock().now()));
  wait_for_linger();
}

/// Does what follows from a write.
void shard_state::settle(const shard_table::outcome& outcome) {
  wake_dispatcher(outcome.wakes);
  if (outcome.has_owner_events)
    look_after_owners();
  if (outcome.wrote && links_.replication->wrote(self_->clock().now()))
    wait_for_flush();
}

void shard_state::look_after() {
  links_.news->clear(); // First: what comes from now on is told again.
  look_after_owners();
  wait_for_flush();
}

void shard_state::look_after_owners() {
  for (const auto& event : links_.table->take_owner_events())
    if (event.fresh)
      self_->monitor(event.fresh);
    else
      self_->demonitor(event.owner);
}

void shard_state::wake_dispatcher(bool has_work) {
  if (has_work)
    self_->send(links_.dispatcher(), atom::wake_v);
}

void shard_state::wait_for_linger() {
  const auto end = links_.table->next_linger_end();
  if (!end || !linger_timers_.start(end->time_since_epoch()))
    return;
  const auto wait = std::max(*end - self_->clock().now(),
                             caf::actor_clock::duration_type{0});
  self_->delayed_send(self_, wait, atom::linger_v);
}

// -- replication --------------------------------------------------------------

namespace {

void send_frame(const peer_route& route, std::string bytes) {
  caf::send_as(route.sender, route.port, wire_frame{std::move(bytes)});
}

} // namespace

void shard_state::take(const replication_input_ptr& input) {
  if (!input) // A bug of ours: let it crash, the supervisor mends it.
    throw std::invalid_argument{"a replication input without content"};
  const auto now = self_->clock().now();
  wake_dispatcher(links_.replication->take(*input, now, send_frame));
  wait_for_flush();
}

void shard_state::flush() {
  const auto now = self_->clock().now();
  flush_timers_.fired(now.time_since_epoch());
  // One round a message: a long transfer lets callers in between.
  if (links_.replication->flush(now, send_frame))
    self_->send(self_, atom::flush_v);
  else
    wait_for_flush();
}

void shard_state::wait_for_flush() {
  const auto next = links_.replication->next_flush();
  if (!next || !flush_timers_.start(next->time_since_epoch()))
    return;
  const auto now = self_->clock().now();
  if (*next <= now)
    self_->send(self_, atom::flush_v);
  else
    self_->delayed_send(self_, *next - now, atom::flush_v);
}

shard_actor::behavior_type
shard(shard_actor::stateful_pointer<shard_state> self, shard_links links) {
  self->state.start(std::move(links));
  self->set_down_handler(
      [self](caf::down_msg& message) { self->state.owner_ended(message); });
  self->set_exception_handler([](std::exception_ptr& problem) {
    return log_crash(shard_state::name, problem);
  });
  return {
      [self](topic_event_ptr& event) { self->state.publish(event); },
      [self](const replication_input_ptr& input) { self->state.take(input); },
      [self](atom::flush) { self->state.flush(); },
      [self](atom::linger) { self->state.end_lingering(); },
      [self](atom::written) { self->state.look_after(); },
  };
}

} // namespace rollcall
