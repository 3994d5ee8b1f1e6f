#pragma once

#include "app/node/config_file.hpp"

namespace rollcall::node {

/// Blocks the signals that end a node in this thread and in all that it starts
/// later, so that `run` can wait for them.
void block_signals();

/// Starts a node and serves until SIGTERM or SIGINT, then drains.
/// @pre `block_signals` was called before any thread was started.
/// @returns the exit code: 0, 1 (could not start), or 2 (wrong settings).
[[nodiscard]] int run(node_config& settings);

} // namespace rollcall::node
