// Writes: in the thread of the caller, actor or not, under the lock of the
// table. The shard's actor hears of what it must act upon.
#include "actors/request_check.hpp"
#include "actors/runtime.hpp"
#include "rollcall/log.hpp"
#include "rollcall/presence.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/send.hpp>

#include <fmt/core.h>

#include <exception>
#include <new>
#include <type_traits>
#include <utility>

namespace rollcall {

namespace detail {

template <class T>
struct content {
  using type = T;
};

template <class T>
struct content<caf::expected<T>> {
  using type = T;
};

/// What a step gives if it gives no error.
template <class Step>
using step_result = typename content<std::invoke_result_t<Step>>::type;

} // namespace detail

namespace {

caf::strong_actor_ptr pointer_of(const caf::actor& handle) {
  return caf::actor_cast<caf::strong_actor_ptr>(handle);
}

/// The first problem of several checks.
caf::error first_of(caf::error a, caf::error b) {
  return a ? std::move(a) : std::move(b);
}

caf::error check_started(const std::shared_ptr<runtime>& node) {
  if (node)
    return {};
  return make_error(ec::not_started,
                    "the handle was default-constructed; presence::start "
                    "gives one that works");
}

/// @param role is what the actor is to the call.
caf::error check_alive(const caf::strong_actor_ptr& who, const char* role) {
  if (!who)
    return make_error(ec::invalid_owner, fmt::format("no {} was given", role));
  if (who->get()->getf(caf::abstract_actor::is_terminated_flag))
    return make_error(ec::invalid_owner, fmt::format("the {} has ended", role));
  return {};
}

caf::error check_owner(const caf::strong_actor_ptr& owner,
                       const runtime& node) {
  if (owner && owner->node() != node.system.node())
    return make_error(ec::invalid_owner,
                      "the owner lives on another node; track it there");
  return check_alive(owner, "owner");
}

caf::error check_names(const std::string& topic, std::string_view key) {
  return first_of(check_topic(topic), check_key(key));
}

/// What every write needs: the shard of the topic, if it takes writes.
caf::expected<shard_slot*> open_slot(const std::shared_ptr<runtime>& node,
                                     std::string_view topic) {
  if (auto problem = check_started(node))
    return problem;
  auto& slot = node->slot_of(topic);
  if (auto problem = slot.check_open())
    return problem;
  return &slot;
}

caf::error refused(const shard_slot& slot, caf::error why) {
  slot.table->count_refusal();
  return why;
}

/// Does one step with a table. If memory runs out in it, the step may be half
/// done, and nobody may build on it: the shard closes. Reads go on.
template <class Step>
auto guarded(shard_slot& slot, Step step)
    -> caf::expected<detail::step_result<Step>> {
  try {
    return step();
  } catch (const std::bad_alloc&) {
    slot.close();
    log(log_level::error, "rollcall.shard",
        "memory ran out in a write; the shard takes no more");
    return make_error(ec::shard_unavailable,
                      "memory ran out in a write; the shard takes no more");
  }
}

/// Leaves to the shard's actors what is theirs. They would not hear of a write
/// again for which there was no memory to tell them: so it closes the shard
/// too.
caf::error settle(shard_slot& slot, const runtime& node,
                  const shard_table::outcome& outcome,
                  caf::execution_unit* context) {
  const auto done = guarded(slot, [&] {
    slot.settle(outcome, node.system.clock().now(), context);
    return true;
  });
  return done ? caf::error{} : done.error();
}

/// As the step before it found: whether the dispatcher has work now.
caf::expected<bool> wake(const shard_slot& slot, caf::expected<bool> has_work,
                         caf::execution_unit* context) {
  if (has_work)
    slot.wake_dispatcher(*has_work, context);
  return has_work;
}

caf::expected<tracked> answer(const runtime& node, shard_slot& slot,
                              caf::expected<shard_table::outcome> outcome,
                              caf::execution_unit* context) {
  if (!outcome)
    return std::move(outcome.error());
  if (auto problem = settle(slot, node, *outcome, context))
    return problem;
  return outcome->answer;
}

/// Runs an embedder's function. @returns the new version, or what is wrong.
caf::expected<crdt::draft_ptr> make_draft(const update_function& change,
                                          const entry& current,
                                          std::size_t meta_bytes_max) {
  try {
    const auto meta = change(current);
    if (auto problem = check_meta(meta, meta_bytes_max))
      return problem;
    return crdt::entry::make(current.key(), meta, current.owner());
  } catch (const std::exception& problem) {
    return make_error(
        ec::invalid_meta,
        fmt::format("the update function threw: {}", problem.what()));
  } catch (...) {
    return make_error(ec::invalid_meta, "the update function threw");
  }
}

} // namespace

// -- the work -----------------------------------------------------------------

caf::expected<tracked> presence::do_track(caf::execution_unit* context,
                                          const caf::strong_actor_ptr& owner,
                                          std::string topic,
                                          std::string_view key,
                                          std::string_view meta,
                                          track_options options) const {
  const auto slot = open_slot(impl_, topic);
  if (!slot)
    return slot.error();
  auto problem
      = first_of(check_owner(owner, *impl_),
                 first_of(check_names(topic, key),
                          check_meta(meta, impl_->settings.meta_bytes_max)));
  if (problem)
    return refused(**slot, std::move(problem));
  auto draft = crdt::entry::make(key, meta, owner->id(), options.linger_ms);
  return answer(*impl_, **slot,
                guarded(**slot,
                        [&] {
                          return (*slot)->table->track(topic, std::move(draft),
                                                       owner);
                        }),
                context);
}

caf::expected<tracked> presence::do_update(caf::execution_unit* context,
                                           const caf::strong_actor_ptr& owner,
                                           const std::string& topic,
                                           std::string_view key,
                                           std::string_view meta) const {
  const auto slot = open_slot(impl_, topic);
  if (!slot)
    return slot.error();
  auto problem
      = first_of(check_owner(owner, *impl_),
                 first_of(check_names(topic, key),
                          check_meta(meta, impl_->settings.meta_bytes_max)));
  if (problem)
    return refused(**slot, std::move(problem));
  auto draft = crdt::entry::make(key, meta, owner->id());
  return answer(
      *impl_, **slot,
      guarded(**slot,
              [&] { return (*slot)->table->update(topic, std::move(draft)); }),
      context);
}

caf::expected<tracked>
presence::do_update(caf::execution_unit* context,
                    const caf::strong_actor_ptr& owner,
                    const std::string& topic, std::string_view key,
                    const update_function& change) const {
  const auto slot = open_slot(impl_, topic);
  if (!slot)
    return slot.error();
  auto problem = first_of(check_owner(owner, *impl_), check_names(topic, key));
  if (!problem && !change)
    problem = make_error(ec::invalid_meta, "no update function was given");
  if (problem)
    return refused(**slot, std::move(problem));
  for (unsigned i = 0; i < limits::update_tries_max; ++i) {
    const auto current = (*slot)->table->find_own(topic, key, owner->id());
    if (!current)
      return current.error();
    auto draft = make_draft(change, **current, impl_->settings.meta_bytes_max);
    if (!draft)
      return refused(**slot, std::move(draft.error()));
    auto done = guarded(**slot, [&] {
      return (*slot)->table->update(topic, std::move(*draft),
                                    (*current)->dot());
    });
    if (done || code_of(done.error()) != ec::conflict)
      return answer(*impl_, **slot, std::move(done), context);
  }
  return refused(**slot,
                 make_error(ec::conflict,
                            fmt::format("the presence was changed each of {} "
                                        "times that the update function ran",
                                        limits::update_tries_max)));
}

caf::error presence::do_untrack(caf::execution_unit* context,
                                const caf::strong_actor_ptr& owner,
                                const std::string& topic,
                                std::string_view key) const {
  const auto slot = open_slot(impl_, topic);
  if (!slot)
    return slot.error();
  if (!owner)
    return {};
  const auto done = guarded(
      **slot, [&] { return (*slot)->table->untrack(topic, key, owner->id()); });
  return done ? settle(**slot, *impl_, *done, context) : done.error();
}

caf::error presence::do_untrack(caf::execution_unit* context,
                                const caf::strong_actor_ptr& owner) const {
  if (auto problem = check_started(impl_))
    return problem;
  caf::error result;
  for (const auto& slot : impl_->slots) {
    if (auto problem = slot->check_open()) {
      result = std::move(problem);
      continue;
    }
    if (!owner)
      continue;
    const auto done = guarded(
        *slot, [&] { return slot->table->untrack_owner(owner->id()); });
    if (auto problem
        = done ? settle(*slot, *impl_, *done, context) : done.error())
      result = std::move(problem);
  }
  return result;
}

caf::error presence::do_subscribe(caf::execution_unit* context,
                                  const caf::strong_actor_ptr& subscriber,
                                  std::string topic, bool wants_passed) const {
  const auto slot = open_slot(impl_, topic);
  if (!slot)
    return slot.error();
  if (auto problem
      = first_of(check_alive(subscriber, "subscriber"), check_topic(topic)))
    return refused(**slot, std::move(problem));
  const auto done = guarded(**slot, [&] {
    return wake(
        **slot,
        (*slot)->table->watch(std::move(topic), subscriber, wants_passed),
        context);
  });
  return done ? caf::error{} : done.error();
}

caf::error presence::do_unsubscribe(caf::execution_unit* context,
                                    const caf::strong_actor_ptr& subscriber,
                                    std::string topic) const {
  const auto slot = open_slot(impl_, topic);
  if (!slot)
    return slot.error();
  if (!subscriber)
    return {};
  const auto done = guarded(**slot, [&] {
    return wake(**slot, (*slot)->table->unwatch(std::move(topic), subscriber),
                context);
  });
  return done ? caf::error{} : done.error();
}

caf::error presence::do_broadcast(caf::execution_unit* context,
                                  topic_event_ptr event) const {
  if (!event)
    return make_error(ec::invalid_topic, "there is no event");
  const auto slot = open_slot(impl_, event->topic);
  if (!slot)
    return slot.error();
  if (auto problem = check_topic(event->topic))
    return refused(**slot, std::move(problem));
  if (const auto cluster = impl_->cluster())
    caf::anon_send(cluster, event);
  const auto done = guarded(**slot, [&] {
    return wake(**slot, (*slot)->queue->push(std::move(event)), context);
  });
  return done ? caf::error{} : done.error();
}

// -- on any thread ------------------------------------------------------------

caf::expected<tracked> presence::track(const caf::actor& owner,
                                       std::string topic, std::string_view key,
                                       std::string_view meta,
                                       track_options options) const {
  return do_track(nullptr, pointer_of(owner), std::move(topic), key, meta,
                  options);
}

caf::expected<tracked> presence::update(const caf::actor& owner,
                                        std::string topic, std::string_view key,
                                        std::string_view meta) const {
  return do_update(nullptr, pointer_of(owner), topic, key, meta);
}

caf::expected<tracked> presence::update(const caf::actor& owner,
                                        std::string topic, std::string_view key,
                                        const update_function& change) const {
  return do_update(nullptr, pointer_of(owner), topic, key, change);
}

caf::error presence::untrack(const caf::actor& owner, std::string topic,
                             std::string_view key) const {
  return do_untrack(nullptr, pointer_of(owner), topic, key);
}

caf::error presence::untrack(const caf::actor& owner) const {
  return do_untrack(nullptr, pointer_of(owner));
}

caf::error presence::subscribe(const caf::actor& subscriber,
                               std::string topic) const {
  return do_subscribe(nullptr, pointer_of(subscriber), std::move(topic), false);
}

caf::error presence::unsubscribe(const caf::actor& subscriber,
                                 std::string topic) const {
  return do_unsubscribe(nullptr, pointer_of(subscriber), std::move(topic));
}

caf::error presence::subscribe_async(const caf::actor& subscriber,
                                     std::string topic,
                                     caf::execution_unit* context) const {
  return do_subscribe(context, pointer_of(subscriber), std::move(topic), true);
}

void presence::unsubscribe_async(const caf::actor& subscriber,
                                 std::string topic,
                                 caf::execution_unit* context) const {
  do_unsubscribe(context, pointer_of(subscriber), std::move(topic));
}

caf::error presence::broadcast(topic_event_ptr event) const {
  return do_broadcast(nullptr, std::move(event));
}

} // namespace rollcall
