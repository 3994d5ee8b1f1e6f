#pragma once

#include <rollcall/cluster.hpp>

#include <caf/actor_system_config.hpp>
#include <caf/error.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace arena {

/// The settings of one node of the arena. All nodes share one file: `[arena]`
/// is for all, and `[arena.NAME]` for the node that is started with
/// `--arena.node=NAME`.
class arena_config : public caf::actor_system_config {
public:
  arena_config();

  /// Reads `--config-file=FILE` and the arguments.
  ///
  /// Errors: `invalid_config`, naming what is missing or out of its bounds.
  [[nodiscard]] caf::error load(int argc, char** argv);

  std::string node; ///< Its name, unique in the cluster.
  std::string address{"127.0.0.1"};
  std::uint16_t line_port = 0; ///< Of the TCP protocol; 0: any.
  std::uint16_t web_port = 0;  ///< Of gateway and page; 0: any.
  /// The same for all nodes: a file of SQLite, or `postgresql://...`.
  std::string database;
  std::string page_folder;  ///< Of the live page.
  std::string phoenix_file; ///< phoenix.js as a module, for the page.
  std::chrono::milliseconds turn_limit{20'000}; ///< For one move.
  rollcall::cluster_config cluster;

private:
  caf::error read_ports();
};

} // namespace arena
