#include "rollcall/presence.hpp"

#include "actors/cluster/tell_codec.hpp"
#include "actors/refusal_text.hpp"
#include "actors/request_check.hpp"
#include "actors/runtime.hpp"
#include "actors/supervisor.hpp"
#include "crdt/wire/cluster_wire.hpp"
#include "rollcall/system_end.hpp"

#include <caf/send.hpp>

#include <utility>

namespace rollcall {

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
  bool counts_keys = node->settings.last_seen_for.count() > 0;
  for (const auto& slot : node->slots) {
    if (auto problem = slot->dispatch->hooks.prepare())
      return problem;
    counts_keys |= slot->dispatch->hooks.follow_keys();
  }
  if (counts_keys)
    if (auto problem = node->listen_for_followers())
      return problem;
  spawn_watch_dispatcher(node);
  for (const auto& slot : node->slots) {
    // Before anybody has a handle, so that no call finds an empty slot.
    spawn_dispatcher(system, slot);
    spawn_shard(system, slot);
  }
  node->set_supervisor(system.spawn<caf::hidden>(rollcall::supervisor, node));
  detail::at_system_end(system, [held = std::weak_ptr{node}] {
    if (const auto orphan = held.lock())
      orphan->abandon();
  });
  return presence{std::move(node)};
}

void presence::request_stop() {
  if (impl_)
    impl_->request_stop();
}

caf::error presence::stop() {
  return impl_ ? impl_->stop() : caf::error{};
}

caf::error presence::tell(const std::string& topic, const std::string& key,
                          caf::message content) const {
  if (!impl_)
    return not_started();
  if (auto problem = impl_->slot_of(topic).check_open())
    return problem;
  if (auto problem = check_topic(topic))
    return problem;
  if (auto problem = check_key(key))
    return problem;
  const auto cluster = impl_->door();
  wire_frame frame;
  if (cluster) {
    auto bytes = cluster->tells->encode(content);
    if (!bytes)
      return std::move(bytes.error());
    wire::encode(wire::tell{topic, key, std::move(*bytes)}, frame.bytes);
  }
  impl_->tell_here(topic, key, content);
  if (cluster)
    caf::anon_send(cluster->actor, tell_request{topic, key, std::move(frame)});
  return {};
}

} // namespace rollcall
