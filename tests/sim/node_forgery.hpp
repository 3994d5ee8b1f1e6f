#pragma once

#include "tests/sim/node_cluster.hpp"
#include "tests/support/random.hpp"

#include <cstddef>

namespace rollcall::sim {

/// Lets one packet arrive at `to`, over the connection from `from`, that no
/// node of ours would send: bytes without a meaning, words in the name of
/// others, or what a node must not believe. None of it may have an effect but
/// that the connection is closed.
void forge_any(node_cluster& all, test::random_source& random, std::size_t from,
               std::size_t to);

} // namespace rollcall::sim
