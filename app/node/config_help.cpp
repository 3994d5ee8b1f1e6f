#include "app/node/config_file.hpp"
#include "app/node/settings_table.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

namespace rollcall::node {

namespace {

constexpr std::string_view help_head = R"(rollcall-node: who is here, right now.

Usage: rollcall-node [--config-file=FILE] [--KEY=VALUE]...

  --config-file=FILE   Reads settings from a file; the command line wins.
  --print-config       Prints a config file with every setting, and ends.
  --version            Prints the version, and ends.
  --help, -h           Prints this, and ends.

Settings, with default, unit and what is allowed. In a file,
--rollcall.gateway.port=4000 is port=4000 under [rollcall.gateway].
)";

constexpr std::string_view help_tail = R"(
CAF's own keys work too, for example:

  --scheduler.max-threads=2       threads; default: one for each core
  --scheduler.policy=sharing      or stealing, the default
  --scheduler.max-throughput=50   messages an actor takes at once

A setting that is unknown or not allowed ends the node with exit code 2.
)";

constexpr std::string_view file_head
    = R"(; Settings of a Rollcall node: rollcall-node --config-file=THIS_FILE
; Every line that is commented out shows the default. Made by
; rollcall-node --print-config
;
; CAF's own keys work too, for example under [scheduler]: max-threads=2
)";

std::string section_of(const std::string& key) {
  return key.substr(0, key.rfind('.'));
}

std::string name_of(const std::string& key) {
  return key.substr(key.rfind('.') + 1);
}

} // namespace

std::string help_text() {
  const node_settings defaults;
  auto out = std::string{help_head};
  std::string section;
  for (const auto& x : settings_table()) {
    if (auto next = section_of(x.key); next != section) {
      section = std::move(next);
      out += '\n';
    }
    fmt::format_to(std::back_inserter(out), "  --{}={}\n      {} ({})\n", x.key,
                   to_text(x.load(defaults)), x.summary, allowed_text(x));
  }
  return out += help_tail;
}

std::string config_template() {
  const node_settings defaults;
  auto out = std::string{file_head};
  std::string section;
  for (const auto& x : settings_table()) {
    if (auto next = section_of(x.key); next != section) {
      section = std::move(next);
      fmt::format_to(std::back_inserter(out), "\n[{}]\n", section);
    }
    fmt::format_to(std::back_inserter(out), "\n; {}\n; Allowed: {}\n; {}={}\n",
                   x.summary, allowed_text(x), name_of(x.key),
                   to_text(x.load(defaults)));
  }
  return out;
}

} // namespace rollcall::node
