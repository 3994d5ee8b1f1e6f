// Writes: in the thread of the caller, actor or not, under the lock of the
// table. The shard's actor hears of what it must act upon. This is the only
// path that a write takes.
#include "actors/caller_check.hpp"
#include "actors/refusal_text.hpp"
#include "actors/request_check.hpp"
#include "actors/runtime.hpp"
#include "rollcall/presence.hpp"
#include "text/merge_patch.hpp"

#include <caf/send.hpp>

#include <fmt/core.h>

#include <exception>
#include <utility>

namespace rollcall {

namespace {

caf::error check_owner(const caf::strong_actor_ptr& owner,
                       const runtime& node) {
  if (!is_of(owner, node.system))
    return make_error(ec::invalid_owner,
                      "the owner lives on another node; track it there");
  return check_alive(owner, "owner");
}

caf::error check_names(const std::string& topic, std::string_view key) {
  return first_of(check_topic(topic), check_key(key));
}

caf::error check_text(const meta_text& meta, const runtime& node) {
  return meta.problem() ? meta.problem()
                        : check_meta(meta.text(), node.settings.meta_bytes_max);
}

caf::error check_change(const meta_change& change) {
  return change ? caf::error{}
                : make_error(ec::invalid_meta, "no update function was given");
}

caf::error check_write(const runtime& node, const caf::strong_actor_ptr& owner,
                       const std::string& topic, std::string_view key,
                       const meta_text& meta) {
  return first_of(check_owner(owner, node),
                  first_of(check_names(topic, key), check_text(meta, node)));
}

caf::error refused(const shard_slot& slot, caf::error why) {
  slot.table->count_refusal();
  return why;
}

/// What every write needs: the shard of the topic, if it takes writes and
/// `check` finds nothing wrong with this one.
template <class Check>
caf::expected<shard_slot*> open_slot(const std::shared_ptr<runtime>& node,
                                     std::string_view topic, Check check) {
  if (auto problem = check_started(node))
    return problem;
  auto& slot = node->slot_of(topic);
  if (auto problem = slot.check_open())
    return problem;
  if (auto problem = check())
    return refused(slot, std::move(problem));
  return &slot;
}

caf::error no_check() {
  return {};
}

crdt::tick_time now_of(const runtime& node) {
  return tick_of(node.system.clock().now());
}

/// The time that orders logins, if there are any.
std::uint64_t wall_ms_of(const runtime& node) {
  return node.settings.single_session.empty() ? 0 : node.wall_ms();
}

/// What a track or an update gives to its caller.
caf::expected<tracked>
tracked_of(const caf::expected<crdt::shard_answer>& answer,
           std::string_view topic, std::string_view key) {
  if (!answer)
    return answer.error();
  if (answer->why != crdt::refusal::none)
    return error_of(*answer, topic, key);
  return tracked{answer->dot, answer->previous_seq};
}

/// What a call without a result gives to its caller.
caf::error problem_of(const caf::expected<crdt::shard_answer>& answer,
                      std::string_view topic) {
  if (!answer)
    return answer.error();
  return error_of(*answer, topic);
}

/// Runs an embedder's function. @returns the new version, or what is wrong.
caf::expected<crdt::draft_ptr> make_draft(const meta_change& change,
                                          const entry& current,
                                          std::size_t meta_bytes_max) {
  try {
    const auto meta = change(current);
    if (!meta)
      return meta.error();
    if (auto problem = check_meta(*meta, meta_bytes_max))
      return problem;
    return crdt::stored_entry::make(current.key(), *meta, current.owner());
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

caf::expected<tracked> presence::do_track(const detail::caller& by,
                                          std::string topic,
                                          std::string_view key,
                                          const meta_text& meta,
                                          track_options options) const {
  const auto slot = open_slot(impl_, topic, [&] {
    return check_write(*impl_, by.actor, topic, key, meta);
  });
  if (!slot)
    return slot.error();
  auto draft = crdt::stored_entry::make(key, meta.text(), by.actor->id(),
                                        options.linger_ms);
  const auto answer
      = (*slot)->run(by.actor, by.context, [&](shard_table& table) {
          return table.track(topic, std::move(draft), by.actor, now_of(*impl_),
                             wall_ms_of(*impl_));
        });
  return tracked_of(answer, topic, key);
}

caf::expected<tracked> presence::do_update(const detail::caller& by,
                                           const std::string& topic,
                                           std::string_view key,
                                           const meta_text& meta) const {
  const auto slot = open_slot(impl_, topic, [&] {
    return check_write(*impl_, by.actor, topic, key, meta);
  });
  if (!slot)
    return slot.error();
  auto draft = crdt::stored_entry::make(key, meta.text(), by.actor->id());
  const auto answer
      = (*slot)->run(by.actor, by.context, [&](shard_table& table) {
          return table.update(topic, std::move(draft), {}, now_of(*impl_));
        });
  return tracked_of(answer, topic, key);
}

caf::expected<tracked> presence::do_update(const detail::caller& by,
                                           const std::string& topic,
                                           std::string_view key,
                                           const meta_change& change) const {
  const auto slot = open_slot(impl_, topic, [&] {
    return first_of(check_owner(by.actor, *impl_),
                    first_of(check_names(topic, key), check_change(change)));
  });
  if (!slot)
    return slot.error();
  for (unsigned i = 0; i < limits::update_tries_max; ++i) {
    const auto current = (*slot)->table->find_own(topic, key, by.actor->id());
    if (!current)
      return error_of(crdt::shard_answer{crdt::refusal::not_tracked}, topic,
                      key);
    auto draft = make_draft(change, *current, impl_->settings.meta_bytes_max);
    if (!draft)
      return refused(**slot, std::move(draft.error()));
    const auto answer
        = (*slot)->run(by.actor, by.context, [&](shard_table& table) {
            return table.update(topic, std::move(*draft), current->dot(),
                                now_of(*impl_));
          });
    if (!answer || answer->why != crdt::refusal::conflict)
      return tracked_of(answer, topic, key);
  }
  return refused(**slot,
                 make_error(ec::conflict,
                            fmt::format("the presence was changed each of {} "
                                        "times that the update function ran",
                                        limits::update_tries_max)));
}

caf::expected<tracked> presence::do_patch(const detail::caller& by,
                                          const std::string& topic,
                                          std::string_view key,
                                          const meta_text& changes) const {
  const auto slot = open_slot(impl_, topic, [&] {
    return check_write(*impl_, by.actor, topic, key, changes);
  });
  if (!slot)
    return slot.error();
  return do_update(by, topic, key, [&](const entry& current) {
    return merge_patch(current.meta(), changes.text());
  });
}

caf::error presence::do_untrack(const detail::caller& by,
                                const std::string& topic,
                                std::string_view key) const {
  const auto slot = open_slot(impl_, topic, no_check);
  if (!slot)
    return slot.error();
  if (!by.actor)
    return {};
  const auto answer
      = (*slot)->run(by.actor, by.context, [&](shard_table& table) {
          return table.untrack(topic, key, by.actor->id(), now_of(*impl_));
        });
  return problem_of(answer, topic);
}

caf::error presence::do_untrack(const detail::caller& by) const {
  if (auto problem = check_started(impl_))
    return problem;
  caf::error result;
  for (const auto& slot : impl_->slots) {
    if (auto problem = slot->check_open()) {
      result = std::move(problem);
      continue;
    }
    if (!by.actor)
      continue;
    const auto answer
        = slot->run(by.actor, by.context, [&](shard_table& table) {
            return table.untrack_owner(by.actor->id(), now_of(*impl_));
          });
    if (!answer)
      result = answer.error();
  }
  return result;
}

caf::error presence::do_subscribe(const detail::caller& by, std::string topic,
                                  bool wants_passed) const {
  const auto slot = open_slot(impl_, topic, [&] {
    return first_of(check_local(by.actor, "subscriber", *impl_),
                    check_topic(topic));
  });
  if (!slot)
    return slot.error();
  const auto answer = (*slot)->run({}, by.context, [&](shard_table& table) {
    return table.subscribe(topic, by.actor, wants_passed);
  });
  return problem_of(answer, topic);
}

caf::error presence::do_unsubscribe(const detail::caller& by,
                                    std::string topic) const {
  const auto slot = open_slot(impl_, topic, no_check);
  if (!slot)
    return slot.error();
  if (!by.actor)
    return {};
  const auto answer = (*slot)->run({}, by.context, [&](shard_table& table) {
    return table.unsubscribe(topic, by.actor);
  });
  return problem_of(answer, topic);
}

caf::error presence::do_broadcast(caf::execution_unit* context,
                                  topic_event_ptr event) const {
  if (auto problem = check_started(impl_))
    return problem;
  if (!event)
    return make_error(ec::invalid_topic, "there is no event");
  const auto slot = open_slot(impl_, event->topic,
                              [&] { return check_topic(event->topic); });
  if (!slot)
    return slot.error();
  if (const auto cluster = impl_->cluster())
    caf::anon_send(cluster, event);
  const auto answer = (*slot)->run(
      {}, context, [&](shard_table& table) { return table.publish(event); });
  return problem_of(answer, event->topic);
}

// -- on any thread ------------------------------------------------------------

caf::expected<tracked> presence::track(const caf::actor& owner,
                                       std::string topic, std::string_view key,
                                       const meta_text& meta,
                                       track_options options) const {
  return do_track(owner, std::move(topic), key, meta, options);
}

caf::expected<tracked> presence::update(const caf::actor& owner,
                                        std::string topic, std::string_view key,
                                        const meta_text& meta) const {
  return do_update(owner, topic, key, meta);
}

caf::expected<tracked> presence::update(const caf::actor& owner,
                                        std::string topic, std::string_view key,
                                        const meta_change& change) const {
  return do_update(owner, topic, key, change);
}

caf::expected<tracked> presence::patch(const caf::actor& owner,
                                       std::string topic, std::string_view key,
                                       const meta_text& changes) const {
  return do_patch(owner, topic, key, changes);
}

caf::error presence::untrack(const caf::actor& owner, std::string topic,
                             std::string_view key) const {
  return do_untrack(owner, topic, key);
}

caf::error presence::untrack(const caf::actor& owner) const {
  return do_untrack(owner);
}

caf::error presence::subscribe(const caf::actor& subscriber, std::string topic,
                               subscribe_options options) const {
  return do_subscribe({subscriber, options.context}, std::move(topic),
                      options.wants_passed);
}

caf::error presence::unsubscribe(const caf::actor& subscriber,
                                 std::string topic,
                                 caf::execution_unit* context) const {
  return do_unsubscribe({subscriber, context}, std::move(topic));
}

caf::error presence::broadcast(topic_event_ptr event) const {
  return do_broadcast(nullptr, std::move(event));
}

} // namespace rollcall
