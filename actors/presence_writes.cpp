// Writes past the mailbox: on any thread, under the lock of the table. The
// shard's actor hears of what it must act upon.
#include "actors/request_check.hpp"
#include "actors/runtime.hpp"
#include "actors/send_in.hpp"
#include "rollcall/presence.hpp"

#include <utility>

namespace rollcall {

namespace {

caf::strong_actor_ptr pointer_of(const caf::actor& handle) {
  return caf::actor_cast<caf::strong_actor_ptr>(handle);
}

caf::error check_open(const shard_slot& slot) {
  if (slot.is_open())
    return {};
  return make_error(ec::shard_unavailable,
                    "the shard crashed for good, or Rollcall was stopped");
}

void wake(const shard_slot& slot, bool has_work,
          caf::execution_unit* context = nullptr) {
  if (has_work)
    send_in(context, slot.dispatcher(), atom::wake_v);
}

/// Has the actors do what follows from a write.
void settle(const runtime& node, const shard_slot& slot,
            const shard_table::outcome& outcome) {
  wake(slot, outcome.wakes);
  const bool flushes
      = outcome.wrote && slot.replication->wrote(node.system.clock().now());
  if ((flushes || outcome.has_owner_events) && slot.news->raise())
    send_in(nullptr, slot.shard(), atom::written_v);
}

caf::expected<tracked> answer(const runtime& node, const shard_slot& slot,
                              caf::expected<shard_table::outcome> outcome) {
  if (!outcome)
    return std::move(outcome.error());
  settle(node, slot, *outcome);
  return outcome->answer;
}

caf::expected<tracked> write(const runtime& node, track_request request) {
  const auto& slot = node.slot_of(request.topic);
  if (auto problem = check_open(slot))
    return problem;
  return answer(node, slot, slot.table->track(request));
}

caf::expected<tracked> write(const runtime& node, update_request request) {
  const auto& slot = node.slot_of(request.topic);
  if (auto problem = check_open(slot))
    return problem;
  return answer(node, slot, slot.table->update(request));
}

} // namespace

caf::expected<tracked> presence::track(const caf::actor& owner,
                                       std::string topic, std::string_view key,
                                       std::string_view meta,
                                       track_options options) const {
  return write(*impl_, make_track(pointer_of(owner), std::move(topic), key,
                                  meta, options));
}

caf::expected<tracked> presence::update(const caf::actor& owner,
                                        std::string topic, std::string_view key,
                                        std::string_view meta) const {
  return write(*impl_,
               make_update(pointer_of(owner), std::move(topic), key, meta));
}

caf::expected<tracked> presence::update(const caf::actor& owner,
                                        std::string topic, std::string_view key,
                                        update_function change) const {
  return write(*impl_, make_update(pointer_of(owner), std::move(topic), key,
                                   std::move(change)));
}

caf::error presence::untrack(const caf::actor& owner, std::string topic,
                             std::string_view key) const {
  const auto& slot = impl_->slot_of(topic);
  auto problem = check_open(slot);
  if (!problem && owner)
    settle(*impl_, slot,
           slot.table->untrack(
               {std::move(topic), std::string{key}, pointer_of(owner)}));
  return problem;
}

caf::error presence::untrack(const caf::actor& owner) const {
  caf::error result;
  for (const auto& slot : impl_->slots) {
    if (auto problem = check_open(*slot))
      result = std::move(problem);
    else if (owner)
      settle(*impl_, *slot, slot->table->untrack_owner(owner.id()));
  }
  return result;
}

caf::error presence::subscribe(const caf::actor& subscriber,
                               std::string topic) const {
  auto request = make_subscribe(pointer_of(subscriber), std::move(topic));
  if (request.problem)
    return request.problem;
  const auto& slot = impl_->slot_of(request.topic);
  if (auto problem = check_open(slot))
    return problem;
  const auto wakes = slot.table->watch(std::move(request.topic),
                                       std::move(request.subscriber), false);
  if (!wakes)
    return wakes.error();
  wake(slot, *wakes);
  return {};
}

caf::error presence::unsubscribe(const caf::actor& subscriber,
                                 std::string topic) const {
  auto problem = check_open(impl_->slot_of(topic));
  if (!problem && subscriber)
    unsubscribe_async(subscriber, std::move(topic));
  return problem;
}

void presence::subscribe_async(const caf::actor& subscriber, std::string topic,
                               caf::execution_unit* context) const {
  if (!subscriber || check_topic(topic))
    return;
  const auto& slot = impl_->slot_of(topic);
  const auto wakes
      = slot.table->watch(std::move(topic), pointer_of(subscriber), true);
  wake(slot, wakes && *wakes, context);
}

void presence::unsubscribe_async(const caf::actor& subscriber,
                                 std::string topic,
                                 caf::execution_unit* context) const {
  const auto& slot = impl_->slot_of(topic);
  wake(slot,
       slot.queue->push(
           subscriber_left{std::move(topic), pointer_of(subscriber)}),
       context);
}

} // namespace rollcall
