#pragma once

#include "app/node/config_file.hpp"

namespace rollcall::node {

/// Opens /dev/null where standard input, output or error is closed: the next
/// file or socket would take its number, and get what is printed. Call it
/// before anything opens a file.
void open_standard_files();

/// Blocks the signals that end a node in this thread and in all that it starts
/// later, and SIGHUP, which reads the certificates again, so that `run` can
/// wait for them. SIGUSR1 and SIGUSR2 are ignored, since by default they end a
/// process without a drain.
void block_signals();

/// Starts a node and serves until SIGTERM or SIGINT, then drains.
/// @pre `block_signals` was called before any thread was started.
/// @returns the exit code: 0, 1 (could not start), or 2 (wrong settings).
[[nodiscard]] int run(node_config& settings);

} // namespace rollcall::node
