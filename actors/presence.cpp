#include "rollcall/presence.hpp"

#include "actors/request_check.hpp"
#include "actors/runtime.hpp"
#include "actors/send_in.hpp"
#include "actors/supervisor.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <utility>

namespace rollcall {

namespace {

/// The first problem of several checks.
caf::error first_of(caf::error a, caf::error b) {
  return a ? std::move(a) : std::move(b);
}

} // namespace

presence::presence(std::shared_ptr<runtime> impl) noexcept
    : impl_{std::move(impl)} {
}

caf::expected<presence> presence::start(caf::actor_system& system,
                                        config settings,
                                        hooks_factory make_hooks) {
  if (auto problem = validate(settings))
    return problem;
  auto node
      = std::make_shared<runtime>(system, std::move(settings), make_hooks);
  for (const auto& slot : node->slots) {
    // Before anybody has a handle, so that no call finds an empty slot.
    spawn_dispatcher(system, slot);
    spawn_shard(system, slot);
  }
  node->supervisor = system.spawn(rollcall::supervisor, node);
  return presence{std::move(node)};
}

void presence::request_stop() {
  if (impl_ && impl_->supervisor)
    caf::anon_send(impl_->supervisor, atom::stop_v);
}

void presence::stop() {
  if (!impl_ || !impl_->supervisor)
    return;
  caf::scoped_actor self{impl_->system};
  self->monitor(impl_->supervisor);
  request_stop();
  self->receive([](caf::down_msg&) {});
  impl_->supervisor = supervisor_actor{};
  for (const auto& slot : impl_->slots) {
    slot->set_shard(shard_actor{});
    slot->set_dispatcher(dispatcher_actor{});
    slot->close();
  }
}

// -- requests -----------------------------------------------------------------

shard_actor presence::shard_of(std::string_view topic) const {
  return impl_->slot_of(topic).shard();
}

supervisor_actor presence::supervisor() const {
  return impl_->supervisor;
}

track_request presence::make_track(caf::strong_actor_ptr owner,
                                   std::string topic, std::string_view key,
                                   std::string_view meta,
                                   track_options options) const {
  track_request result;
  result.problem = first_of(
      check_owner(owner),
      first_of(check_topic(topic),
               first_of(check_key(key),
                        check_meta(meta, impl_->settings.meta_bytes_max))));
  if (!result.problem)
    result.draft = crdt::entry::make(key, meta, owner->id(), options.linger_ms);
  result.topic = std::move(topic);
  result.owner = std::move(owner);
  return result;
}

update_request presence::make_update(caf::strong_actor_ptr owner,
                                     std::string topic, std::string_view key,
                                     std::string_view meta) const {
  auto result
      = make_update(std::move(owner), std::move(topic), key, update_function{});
  if (!result.problem)
    result.problem = check_meta(meta, impl_->settings.meta_bytes_max);
  if (!result.problem)
    result.draft = crdt::entry::make(key, meta, result.owner->id());
  return result;
}

update_request presence::make_update(caf::strong_actor_ptr owner,
                                     std::string topic, std::string_view key,
                                     update_function change) const {
  update_request result;
  result.problem = first_of(check_owner(owner),
                            first_of(check_topic(topic), check_key(key)));
  result.topic = std::move(topic);
  result.key = key;
  result.change = std::move(change);
  result.owner = std::move(owner);
  return result;
}

subscribe_request presence::make_subscribe(caf::strong_actor_ptr subscriber,
                                           std::string topic) const {
  subscribe_request result;
  result.problem = check_topic(topic);
  if (!subscriber)
    result.problem = make_error(ec::invalid_owner, "no subscriber was given");
  result.topic = std::move(topic);
  result.subscriber = std::move(subscriber);
  return result;
}

caf::error presence::check_owner(const caf::strong_actor_ptr& owner) const {
  if (!owner)
    return make_error(ec::invalid_owner, "no owner was given");
  if (owner->node() != impl_->system.node())
    return make_error(ec::invalid_owner,
                      "the owner lives on another node; track it there");
  return {};
}

// -- messages -----------------------------------------------------------------

void presence::broadcast(topic_event_ptr event) const {
  broadcast_in(nullptr, std::move(event));
}

void presence::broadcast_in(caf::execution_unit* context,
                            topic_event_ptr event) const {
  if (!event || check_topic(event->topic))
    return;
  const auto target = shard_of(event->topic);
  if (const auto cluster = impl_->cluster())
    caf::anon_send(cluster, event);
  send_in(context, target, std::move(event));
}

void presence::tell(const std::string& topic, const std::string& key,
                    caf::message what) const {
  impl_->tell_here(topic, key, what);
  if (const auto cluster = impl_->cluster())
    caf::anon_send(cluster, tell_request{topic, key, std::move(what)});
}

} // namespace rollcall
