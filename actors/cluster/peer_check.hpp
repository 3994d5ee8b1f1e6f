#pragma once

#include "crdt/interval.hpp"
#include "crdt/wire/cluster_wire.hpp"

#include <caf/error.hpp>

/// What comes from a peer could be read; whether it is also what a node could
/// have to say. Else others would get it, and choke on it.
namespace rollcall {

/// Errors: as a local track of one of the presences.
[[nodiscard]] caf::error check(const crdt::interval& interval);

/// Whether subscribers could be given it.
[[nodiscard]] bool is_good(const wire::event& event);

} // namespace rollcall
