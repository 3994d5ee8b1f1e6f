#pragma once

#include "actors/cluster/link.hpp"
#include "actors/runtime.hpp"
#include "rollcall/cluster.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace rollcall {

/// Makes the links of one node. Peers get a handle to the actor.
using links_maker = std::function<caf::expected<std::shared_ptr<peer_links>>(
    caf::actor published, link_events events)>;

/// What `cluster` does, for parts of the library that bring their own links.
struct cluster_internals {
  /// As `cluster::start`, but with these links and with this seed for all
  /// random choices.
  [[nodiscard]] static caf::expected<cluster>
  start(caf::actor_system& system, std::shared_ptr<runtime> node,
        const cluster_config& settings, const links_maker& make,
        std::uint64_t seed);

  /// Ends the cluster as a crash does: the peers are told nothing.
  static void break_off(const cluster& which);
};

} // namespace rollcall
