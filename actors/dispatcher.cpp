#include "actors/dispatcher.hpp"

#include "actors/crash_log.hpp"
#include "actors/window_timer.hpp"

#include <caf/make_message.hpp>
#include <caf/system_messages.hpp>

#include <utility>

namespace rollcall {

void dispatcher_state::start(std::shared_ptr<dispatch_links> links) {
  links_ = std::move(links);
  links_->hooks.start();
  for (const auto id : links_->batcher.subscribers())
    monitor(id);
  hears_keys_ = links_->hooks.follow_keys();
  if (hears_keys_)
    links_->watches->start_to_hear(links_->table->shard_index(),
                                   links_->shard_count);
  self_->send(self_, atom::wake_v); // For what came while nobody was here.
}

void dispatcher_state::work() {
  const auto now = tick_of(self_->clock().now());
  do
    if (!deliver_all(now))
      return;
  while (take_batch());
  links_->batcher.close_windows(now);
  if (!deliver_all(now))
    return;
  if (hears_keys_)
    tell_keys();
  count();
  start_window_timer(self_, timers_, links_->batcher.next_deadline(), now);
}

/// @returns whether there was something in the queue.
bool dispatcher_state::take_batch() {
  auto batch = links_->table->take_batch();
  for (auto& [id, handle] : batch.newcomers)
    links_->subscribers.insert_or_assign(id, std::move(handle));
  const bool has_items = !batch.items.empty();
  links_->batcher.put(std::move(batch.items));
  return has_items;
}

/// @returns false if the end came in between: nobody hears of the rest.
bool dispatcher_state::deliver_all(crdt::tick_time now) {
  while (!links_->hooks.have_ended()) {
    auto next = links_->batcher.next(now);
    if (!next)
      return true;
    count(); // Who got it finds it counted.
    std::visit([this](auto& one) { deliver(one); }, *next);
  }
  return false;
}

void dispatcher_state::tell_keys() {
  const auto share = links_->table->shard_index();
  for (auto all = links_->watches->take_heard(share); !all.empty();
       all = links_->watches->take_heard(share))
    for (const auto& one : all)
      links_->hooks.tell(one);
}

// -- what goes out ------------------------------------------------------------

void dispatcher_state::deliver(crdt::snapshot_delivery& first) {
  if (first.is_new)
    monitor(first.to);
  auto told = std::make_shared<topic_snapshot>();
  told->topic = std::move(first.topic);
  if (links_->hooks.is_active())
    told->extra = links_->hooks.fetch(told->topic, by_key(first.presences));
  told->presences = std::move(first.presences);
  send(first.to, caf::make_message(topic_snapshot_ptr{std::move(told)}));
}

void dispatcher_state::deliver(crdt::diff_delivery& changed) {
  auto told = std::make_shared<diff>();
  told->topic = std::move(changed.topic);
  told->joins = std::move(changed.net.joins);
  told->leaves = std::move(changed.net.leaves);
  told->leave_reasons = std::move(changed.net.reasons);
  told->passed = std::move(changed.net.passed);
  told->passed_reasons = std::move(changed.net.passed_reasons);
  told->returned = std::move(changed.net.returned);
  auto& hooks = links_->hooks;
  if (changed.runs_hooks)
    hooks.run(*told);
  else
    hooks.enrich(*told);
  if (changed.to.empty())
    return;
  const auto message = caf::make_message(diff_ptr{std::move(told)});
  for (const auto to : changed.to)
    send(to, message);
}

void dispatcher_state::deliver(crdt::event_delivery& event) {
  const auto message = caf::make_message(topic_event_ptr{
      std::static_pointer_cast<const topic_event>(std::move(event.content))});
  for (const auto to : event.to)
    send(to, message);
}

/// Without a sender: one who has no handler for it answers the sender with an
/// error, and this actor must not end by that.
void dispatcher_state::send(crdt::subscriber_id to,
                            const caf::message& content) {
  const auto found = links_->subscribers.find(to);
  if (found != links_->subscribers.end())
    found->second->enqueue(nullptr, caf::make_message_id(), content,
                           self_->context());
}

// -- who comes and goes -------------------------------------------------------

void dispatcher_state::monitor(crdt::subscriber_id newcomer) {
  const auto found = links_->subscribers.find(newcomer);
  if (found != links_->subscribers.end())
    self_->monitor(found->second);
  else
    remove(newcomer); // It ended before its subscription came here.
}

void dispatcher_state::subscriber_ended(const caf::down_msg& message) {
  remove(id_of(message.source));
}

void dispatcher_state::remove(crdt::subscriber_id ended) {
  for (const auto& topic : links_->batcher.remove(ended))
    links_->table->forget_subscriber(topic, ended);
  links_->subscribers.erase(ended);
  count();
}

// -- bookkeeping --------------------------------------------------------------

void dispatcher_state::count() {
  links_->diffs.store(links_->batcher.diffs(), std::memory_order_relaxed);
  links_->subscriptions.store(links_->batcher.subscriptions(),
                              std::memory_order_relaxed);
}

void dispatcher_state::window_ended() {
  timers_.fired(self_->clock().now().time_since_epoch());
  work();
}

dispatcher_actor::behavior_type
dispatcher(dispatcher_actor::stateful_pointer<dispatcher_state> self,
           std::shared_ptr<dispatch_links> links) {
  self->state.start(std::move(links));
  self->set_down_handler([self](caf::down_msg& message) {
    self->state.subscriber_ended(message);
  });
  self->set_exception_handler([](std::exception_ptr& problem) {
    return log_crash(dispatcher_state::name, problem);
  });
  return {
      [self](atom::wake) { self->state.work(); },
      [self](atom::window) { self->state.window_ended(); },
  };
}

} // namespace rollcall
