#include "rollcall/cluster.hpp"

#include "actors/cluster/cluster_actor.hpp"
#include "actors/presence_internals.hpp"
#include "messages/type_ids.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <fmt/core.h>

#include <utility>

namespace rollcall {

namespace {

caf::error bad(std::string why) {
  return make_error(ec::invalid_config, std::move(why));
}

caf::error check_address(const char* key, const std::string& address) {
  if (parse_peer_address(address))
    return {};
  return bad(fmt::format("{} is '{}'; allowed: host:port, with [] around an "
                         "IPv6 address",
                         key, address));
}

caf::error check_times(const cluster_config& settings) {
  const auto beat = settings.heartbeat_interval.count();
  if (beat < 20 || beat > 10'000)
    return bad(fmt::format("heartbeat_interval is {} ms; allowed: 20 to 10000 "
                           "ms",
                           beat));
  if (settings.down_after < 4 * settings.heartbeat_interval)
    return bad(fmt::format("down_after is {} ms; allowed: at least four "
                           "heartbeats, {} ms",
                           settings.down_after.count(), 4 * beat));
  if (settings.forget_after <= settings.down_after)
    return bad(fmt::format("forget_after is {} ms; allowed: more than "
                           "down_after, {} ms",
                           settings.forget_after.count(),
                           settings.down_after.count()));
  if (settings.retry_min.count() < 10
      || settings.retry_max < settings.retry_min)
    return bad(fmt::format("retry_min is {} ms and retry_max {} ms; allowed: "
                           "at least 10 ms, and retry_max not below",
                           settings.retry_min.count(),
                           settings.retry_max.count()));
  return {};
}

link_config links_of(const cluster_config& settings) {
  link_config result;
  result.certificate_file = settings.certificate_file;
  result.key_file = settings.key_file;
  result.authority_file = settings.authority_file;
  result.check_host_name = settings.check_host_name;
  result.allow_plaintext = settings.allow_plaintext;
  return result;
}

/// What peers are told: the port that was really taken.
std::string address_for_peers(const cluster_config& settings,
                              std::uint16_t port) {
  if (!settings.advertise.empty() || settings.listen.empty())
    return settings.advertise;
  const auto colon = settings.listen.rfind(':');
  return settings.listen.substr(0, colon + 1) + std::to_string(port);
}

} // namespace

caf::error validate(const cluster_config& settings) {
  if (settings.cluster_name.empty() || settings.cluster_name.size() > 255)
    return bad(fmt::format("cluster_name has {} bytes; allowed: 1 to 255",
                           settings.cluster_name.size()));
  for (const auto& peer : settings.peers)
    if (auto problem = check_address("a peer", peer))
      return problem;
  for (const auto& [key, value] : {std::pair{"listen", &settings.listen},
                                   std::pair{"advertise", &settings.advertise}})
    if (!value->empty())
      if (auto problem = check_address(key, *value))
        return problem;
  if (auto problem = check_times(settings))
    return problem;
  return validate(links_of(settings));
}

void configure(caf::actor_system_config& settings) {
  configure_links(settings);
  settings.add_message_types<caf::id_block::rollcall>();
}

class cluster::impl {
public:
  impl(caf::actor_system& where, presence who) : system{where}, who_{who} {
  }

  caf::error start(const cluster_config& settings) {
    auto node = presence_internals::share(who_);
    actor = system.spawn<caf::hidden>(cluster_actor,
                                      cluster_setup{node, settings, view});
    port_actor = system.spawn<caf::hidden>(peer_port, actor);
    auto made
        = cluster_link::make(system, links_of(settings), port_actor, events());
    if (!made)
      return std::move(made.error());
    links = std::move(*made);
    if (auto problem = listen(settings))
      return problem;
    node->set_cluster(actor);
    caf::anon_send(actor, atom::listening_v, address_for_peers(settings, port));
    caf::anon_send(actor, links, port_actor);
    return {};
  }

  caf::error listen(const cluster_config& settings) {
    if (settings.listen.empty())
      return {};
    const auto where = parse_peer_address(settings.listen);
    const auto taken = links->listen(where->host, where->port);
    if (!taken)
      return bad(fmt::format("cannot listen on {}: {}", settings.listen,
                             caf::to_string(taken.error())));
    port = *taken;
    return {};
  }

  link_events events() const {
    return {
        [handle = actor](const link_up& what) { caf::anon_send(handle, what); },
        [handle = actor](const link_down& what) {
          caf::anon_send(handle, what);
        }};
  }

  /// Ends the actors, then the links.
  void end(bool at_once) {
    if (!actor)
      return;
    presence_internals::share(who_)->set_cluster(nullptr);
    caf::scoped_actor self{system};
    self->monitor(actor);
    self->send(actor, atom::leave_v, at_once);
    self->receive([](caf::down_msg&) {});
    caf::anon_send_exit(port_actor, caf::exit_reason::user_shutdown);
    actor = port_actor = nullptr;
    links.reset();
  }

  ~impl() {
    end(false);
  }

  caf::actor_system& system;
  std::shared_ptr<cluster_view> view = std::make_shared<cluster_view>();
  caf::actor actor;
  caf::actor port_actor;
  link_handle links;
  std::uint16_t port = 0;

private:
  presence who_;
};

caf::expected<cluster> cluster::start(caf::actor_system& system, presence who,
                                      cluster_config settings) {
  if (auto problem = validate(settings))
    return problem;
  if (!system.has_middleman())
    return bad("the actor system was made without rollcall::configure");
  cluster result;
  result.impl_ = std::make_shared<impl>(system, std::move(who));
  if (auto problem = result.impl_->start(settings))
    return problem;
  return result;
}

void cluster::leave(bool at_once) {
  if (impl_)
    impl_->end(at_once);
}

bool cluster::is_ready() const {
  const std::lock_guard guard{impl_->view->mutex};
  return impl_->view->is_ready;
}

std::vector<peer_status> cluster::peers() const {
  const std::lock_guard guard{impl_->view->mutex};
  return impl_->view->peers;
}

cluster_stats cluster::stats() const {
  auto result = [&] {
    const std::lock_guard guard{impl_->view->mutex};
    return impl_->view->stats;
  }();
  if (impl_->links) {
    const auto links = impl_->links->stats();
    for (const auto count : links.rejected)
      result.links_rejected += count;
  }
  return result;
}

std::uint16_t cluster::port() const noexcept {
  return impl_ ? impl_->port : 0;
}

} // namespace rollcall
