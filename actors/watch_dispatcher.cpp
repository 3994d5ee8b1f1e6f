#include "actors/watch_dispatcher.hpp"

#include "actors/crash_log.hpp"
#include "actors/shard_table.hpp"
#include "actors/window_timer.hpp"
#include "rollcall/follow.hpp"
#include "rollcall/topic_range.hpp"

#include <caf/actor_cast.hpp>
#include <caf/make_message.hpp>

#include <utility>
#include <variant>

namespace rollcall {

namespace {

caf::message message_of(const crdt::follow_state_delivery& one) {
  return caf::make_message(
      follow_state{one.topic_prefix, one.online, one.offline});
}

caf::message message_of(const crdt::status_delivery& one) {
  if (one.is_online)
    return caf::make_message(came_online{one.key, one.topic_prefix});
  return caf::make_message(went_offline{one.key, one.topic_prefix});
}

} // namespace

void watch_dispatcher_state::start(std::shared_ptr<watch_slot> slot,
                                   std::shared_ptr<const runtime> node) {
  slot_ = std::move(slot);
  node_ = std::move(node);
  slot_->table.start_anew();
  self_->send(self_, atom::wake_v); // For what came while nobody was here.
}

void watch_dispatcher_state::work() {
  slot_->wake_up.clear(); // First: what comes from now on is told again.
  const auto now = tick_of(self_->clock().now());
  for (int i = 0; i < batches_max; ++i) {
    const auto batch = slot_->table.take_batch(now);
    carry_out(batch);
    if (!batch.has_deliveries())
      return start_window_timer(self_, timers_, slot_->table.next_deadline(),
                                now);
  }
  slot_->wake(self_->context()); // Others have a turn before the rest.
}

void watch_dispatcher_state::carry_out(const watch_batch& batch) {
  for (const auto& one : batch.newcomers)
    self_->monitor(one);
  for (const auto& one : batch.gone)
    self_->demonitor(one->address());
  for (const auto shard : batch.hearers)
    slot_->call_hooks(shard, self_->context());
  for (const auto& one : batch.statuses)
    deliver(one);
  for (const auto& one : batch.counts)
    deliver(one);
  for (const auto& one : batch.ranges)
    deliver(one);
}

void watch_dispatcher_state::deliver(const watch_batch::status& one) {
  send(one.to, std::visit([](auto& content) { return message_of(content); },
                          one.content));
}

void watch_dispatcher_state::deliver(const watch_batch::count& one) {
  auto told = std::make_shared<topic_counts>();
  told->pattern = one.content.pattern;
  told->is_all = one.content.is_all;
  told->topics = slot_->read_counts(one.content);
  send(one.to, caf::make_message(topic_counts_ptr{std::move(told)}));
}

void watch_dispatcher_state::deliver(const watch_batch::range_reading& one) {
  const auto& work = one.work;
  deliver(work.topic, one.ready);
  if (!work.reads.empty())
    deliver(work.topic, slot_->table.take(work, slot_->read_windows(work)));
}

void watch_dispatcher_state::deliver(
    const std::string& topic, const std::vector<watch_batch::range>& all) {
  for (const auto& [content, to] : all) {
    auto told = std::make_shared<topic_range>();
    told->topic = topic;
    told->first = content.range.first;
    told->last = content.range.first + content.range.count - 1;
    told->is_all = content.is_all;
    told->joins = content.joins;
    told->leaves = content.leaves;
    send(to, caf::make_message(topic_range_ptr{std::move(told)}));
  }
}

/// Without a sender: one who has no handler for it answers the sender with an
/// error, and this actor must not end by that.
void watch_dispatcher_state::send(const std::vector<caf::strong_actor_ptr>& to,
                                  const caf::message& content) {
  for (const auto& one : to)
    one->enqueue(nullptr, caf::make_message_id(), content, self_->context());
}

void watch_dispatcher_state::watcher_ended(const caf::down_msg& message) {
  slot_->table.watcher_ended(id_of(message.source));
}

void watch_dispatcher_state::window_ended() {
  timers_.fired(self_->clock().now().time_since_epoch());
  work();
}

watch_dispatcher_actor::behavior_type watch_dispatcher(
    watch_dispatcher_actor::stateful_pointer<watch_dispatcher_state> self,
    std::shared_ptr<watch_slot> slot, std::shared_ptr<const runtime> node) {
  self->state.start(std::move(slot), std::move(node));
  self->set_down_handler(
      [self](caf::down_msg& message) { self->state.watcher_ended(message); });
  self->set_exception_handler([](std::exception_ptr& problem) {
    return log_crash(watch_dispatcher_state::name, problem);
  });
  return {
      [self](atom::wake) { self->state.work(); },
      [self](atom::window) { self->state.window_ended(); },
  };
}

} // namespace rollcall
