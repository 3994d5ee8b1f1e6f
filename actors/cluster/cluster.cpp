#include "rollcall/cluster.hpp"

#include "actors/calling_thread.hpp"
#include "actors/calling_unit.hpp"
#include "actors/cluster/cluster_actor.hpp"
#include "actors/cluster/cluster_config.hpp"
#include "actors/cluster/cluster_internals.hpp"
#include "actors/cluster/tell_codec.hpp"
#include "actors/ending_unit.hpp"
#include "actors/presence_internals.hpp"
#include "crdt/cluster/peer_address.hpp"
#include "messages/type_ids.hpp"
#include "rollcall/nonblocking.hpp"
#include "rollcall/system_end.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_registry.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <fmt/core.h>

#include <memory>
#include <mutex>
#include <random>
#include <utility>

namespace rollcall {

namespace {

caf::error bad(std::string why) {
  return make_error(ec::invalid_config, std::move(why));
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

void configure(caf::actor_system_config& settings) {
  configure_links(settings);
  settings.add_message_types<caf::id_block::rollcall>();
}

/// Of the actor of the cluster, in the registry of its actor system.
const auto registered_name = caf::atom("rc_cluster");

class cluster::impl : public std::enable_shared_from_this<impl> {
public:
  impl(caf::actor_system& where, std::shared_ptr<runtime> node)
      : system_{where},
        node_{std::move(node)} {
  }

  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;

  ~impl() {
    end(false);
    caf::anon_send_exit(receiver_, caf::exit_reason::user_shutdown);
  }

  /// Has the cluster end with its actor system, if nobody ends it before.
  void end_with_system() {
    detail::at_system_end(system_, [held = weak_from_this()] {
      if (const auto orphan = held.lock())
        orphan->abandon();
    });
  }

  caf::error start(const cluster_config& settings, const links_maker& make,
                   std::uint64_t seed) {
    const auto tells = std::make_shared<const tell_codec>(
        system_, settings.tell_types, settings.tell_bytes_max);
    actor_ = spawn_nonblocking<caf::hidden>(
        system_, nullptr, cluster_actor,
        cluster_setup{node_, settings, view_, tells, link_unit_, seed});
    receiver_ = system_.spawn<caf::hidden>(frame_receiver, actor_);
    auto made = make(receiver_, events());
    if (!made)
      return std::move(made.error());
    links_ = std::move(*made);
    if (auto problem = listen(settings))
      return problem;
    if (!enter(tells))
      return already_in_one();
    system_.registry().put(registered_name,
                           caf::actor_cast<caf::strong_actor_ptr>(actor_));
    caf::anon_send(actor_, atom::listening_v,
                   address_for_peers(settings, port_));
    caf::anon_send(actor_, links_, receiver_);
    return {};
  }

  /// CAF has one middleman in an actor system, so there is one node in it that
  /// others can reach.
  static caf::error check_alone(caf::actor_system& system) {
    const auto other
        = system.registry().get<caf::strong_actor_ptr>(registered_name);
    if (!other || other->get()->getf(caf::abstract_actor::is_terminated_flag))
      return {};
    return bad("this actor system is in a cluster already; allowed: one "
               "presence in a cluster for each actor system");
  }

  static caf::error already_in_one() {
    return bad("this presence is in a cluster already; allowed: one at a time, "
               "after `leave` another");
  }

  /// Ends the actors, then the links. Who comes while another thread is at it
  /// waits until it is done.
  void end(bool at_once) {
    const std::lock_guard turn{end_mutex_};
    if (!actor_)
      return;
    if (std::exchange(has_entered_, false))
      node_->exit();
    if (!may_wait_here() || runs_by_hand(system_)) {
      // Inside an actor: the cluster ends by itself, and its links with it.
      caf::anon_send(actor_, atom::leave_v, at_once);
      return;
    }
    caf::scoped_actor self{system_};
    self->monitor(actor_);
    self->send(actor_, atom::leave_v, at_once);
    self->receive([](caf::down_msg&) {});
    forget();
  }

  /// Ends the actors here and now: nobody can be waited for, or be told.
  void abandon() {
    const std::lock_guard turn{end_mutex_};
    if (!actor_)
      return;
    if (std::exchange(has_entered_, false))
      node_->exit();
    ending_unit here{system_};
    here.end(caf::actor_cast<caf::strong_actor_ptr>(actor_));
    here.end(caf::actor_cast<caf::strong_actor_ptr>(receiver_));
    here.run();
    // The cluster actor has a share of the links, and may never let go of it.
    if (const auto last = links())
      last->stop();
    forget();
  }

  [[nodiscard]] link_handle links() const {
    const std::lock_guard guard{links_mutex_};
    return links_;
  }

  [[nodiscard]] const cluster_view& view() const {
    return *view_;
  }

  [[nodiscard]] std::uint16_t port() const noexcept {
    return port_;
  }

private:
  /// Drops what an ended cluster has. @pre `end_mutex_` is held.
  void forget() {
    caf::anon_send_exit(receiver_, caf::exit_reason::user_shutdown);
    actor_ = receiver_ = nullptr;
    {
      const std::lock_guard guard{view_->mutex};
      view_->peers.clear();
      view_->problem = "this node has left the cluster";
    }
    // Whoever asks for counters at this moment has a share of the links.
    link_handle gone;
    {
      const std::lock_guard guard{links_mutex_};
      gone = std::move(links_);
    }
  }

  caf::error listen(const cluster_config& settings) {
    if (settings.listen.empty())
      return {};
    const auto where = crdt::parse_peer_address(settings.listen);
    const auto taken = links_->listen(where->host, where->port);
    if (!taken)
      return bad(fmt::format("cannot listen on {}: {}", settings.listen,
                             caf::to_string(taken.error())));
    port_ = *taken;
    return {};
  }

  bool enter(const std::shared_ptr<const tell_codec>& tells) {
    auto door = std::make_shared<const cluster_door>(
        cluster_door{actor_, tells, [weak = weak_from_this()] {
                       if (const auto self = weak.lock())
                         self->end(true);
                     }});
    has_entered_ = node_->enter(std::move(door));
    return has_entered_;
  }

  link_events events() const {
    return {[handle = actor_](const link_up& event) {
              caf::anon_send(handle, event);
            },
            [handle = actor_](const link_down& event) {
              caf::anon_send(handle, event);
            },
            [handle = actor_, here = link_unit_](link_heartbeat heartbeat) {
              here->send(handle, std::move(heartbeat));
            }};
  }

  caf::actor_system& system_;
  std::shared_ptr<runtime> node_;
  std::shared_ptr<cluster_view> view_ = std::make_shared<cluster_view>();
  std::mutex end_mutex_; ///< For the actors, once started.
  caf::actor actor_;
  caf::actor receiver_;
  bool has_entered_ = false;
  /// Runs the actor on the links' thread, when a heartbeat comes.
  std::shared_ptr<calling_unit> link_unit_
      = std::make_shared<calling_unit>(system_);
  mutable std::mutex links_mutex_;
  link_handle links_;
  std::uint16_t port_ = 0;
};

caf::expected<cluster> cluster::start(caf::actor_system& system, presence who,
                                      cluster_config settings) {
  if (!system.has_middleman())
    return bad("the actor system was made without rollcall::configure");
  const auto node = presence_internals::share(who);
  const auto make = [&](caf::actor receiver,
                        link_events events) -> caf::expected<link_handle> {
    auto made = cluster_link::make(system,
                                   links_of(settings, node->settings.node_name),
                                   std::move(receiver), std::move(events));
    if (!made)
      return std::move(made.error());
    return link_handle{std::move(*made)};
  };
  return cluster_internals::start(system, node, settings, make,
                                  std::random_device{}());
}

caf::expected<cluster> cluster_internals::start(caf::actor_system& system,
                                                std::shared_ptr<runtime> node,
                                                const cluster_config& settings,
                                                const links_maker& make,
                                                std::uint64_t seed) {
  if (auto problem = validate(settings))
    return problem;
  if (!node || !node->supervisor())
    return bad("this presence was not started, or was stopped");
  if (node->door())
    return cluster::impl::already_in_one();
  if (auto problem = cluster::impl::check_alone(system))
    return problem;
  cluster result;
  result.impl_ = std::make_shared<cluster::impl>(system, std::move(node));
  if (auto problem = result.impl_->start(settings, make, seed))
    return problem;
  result.impl_->end_with_system();
  return result;
}

void cluster_internals::break_off(const cluster& which) {
  if (which.impl_)
    which.impl_->abandon();
}

void cluster::leave(bool at_once) {
  if (impl_)
    impl_->end(at_once);
}

bool cluster::is_ready() const {
  return not_ready_reason().empty();
}

std::string cluster::not_ready_reason() const {
  if (!impl_)
    return "the cluster was not started";
  const std::lock_guard guard{impl_->view().mutex};
  return impl_->view().problem;
}

std::vector<peer_status> cluster::peers() const {
  if (!impl_)
    return {};
  const std::lock_guard guard{impl_->view().mutex};
  return impl_->view().peers;
}

cluster_stats cluster::stats() const {
  if (!impl_)
    return {};
  auto result = [&] {
    const std::lock_guard guard{impl_->view().mutex};
    return impl_->view().stats;
  }();
  if (const auto links = impl_->links())
    for (const auto count : links->stats().rejected)
      result.links_rejected += count;
  return result;
}

caf::error cluster::reload_certificates() {
  const auto links = impl_ ? impl_->links() : nullptr;
  return links ? links->reload_certificates()
               : bad("the cluster was not started, or was left");
}

std::uint16_t cluster::port() const noexcept {
  return impl_ ? impl_->port() : 0;
}

} // namespace rollcall
