#pragma once

#include "app/node/settings.hpp"

#include <caf/actor_system_config.hpp>

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <vector>

namespace rollcall::node {

/// What the command line asks for.
enum class start_action : std::uint8_t { run, help, version, print_config };

/// The configuration of a node: CAF's own keys, and all of `rollcall.*`.
///
/// CAF ignores keys of a file that it does not know. A typing mistake would
/// then silently give the default, so every key is checked here.
class node_config : public caf::actor_system_config {
public:
  node_config();

  node_settings settings;
  start_action action = start_action::run;

  /// Reads the command line, and the file that it names. @returns a sentence
  /// with the key, the value and what is allowed, if something is wrong.
  [[nodiscard]] std::optional<std::string>
  load(const std::vector<std::string>& arguments);

  /// The same, with the file's content given.
  [[nodiscard]] std::optional<std::string>
  load(const std::vector<std::string>& arguments, std::istream& file);

private:
  using problem = std::optional<std::string>;

  struct command_line;
  problem split(const std::vector<std::string>& arguments,
                command_line& result) const;
  [[nodiscard]] problem check_threads() const;
  problem take_file();
  problem take_tree(const std::string& prefix, const caf::settings& tree);
  problem take_leaf(const std::string& key, const caf::config_value& value);
  problem take_argument(const std::string& argument);
  problem load_parts(const command_line& parts, std::istream& file);
  [[nodiscard]] bool is_caf_option(const std::string& key) const;
};

/// Reads secrets that are given as files, and checks what depends on more than
/// one setting. @returns what is wrong.
[[nodiscard]] std::optional<std::string> complete(node_settings& settings);

/// Whether only this machine can reach the node.
[[nodiscard]] bool is_loopback(const std::string& address);

/// Text of `--help`: every setting with unit, default and bounds.
[[nodiscard]] std::string help_text();

/// A config file with every setting, commented out, at its default:
/// `config/rollcall.conf`.
[[nodiscard]] std::string config_template();

} // namespace rollcall::node
