#include "app/node/config_file.hpp"
#include "app/node/settings_table.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

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

/// `head`, and then what `heading` makes of each section and `entry` of each
/// setting and its default.
template <class Heading, class Entry>
std::string describe_settings(std::string_view head, Heading heading,
                              Entry entry) {
  const node_settings defaults;
  auto out = std::string{head};
  std::string section;
  for (const auto& x : settings_table()) {
    const auto dot = x.key.rfind('.');
    if (auto next = x.key.substr(0, dot); next != section)
      out += heading(section = std::move(next));
    out += entry(x, to_text(x.load(defaults)), x.key.substr(dot + 1));
  }
  return out;
}

} // namespace

std::string help_text() {
  return describe_settings(
             help_head, [](const std::string&) { return "\n"; },
             [](const setting& x, const std::string& value, const auto&) {
               return fmt::format("  --{}={}\n      {} ({})\n", x.key, value,
                                  x.summary, allowed_text(x));
             })
      .append(help_tail);
}

std::string config_template() {
  return describe_settings(
      file_head,
      [](const std::string& section) {
        return fmt::format("\n[{}]\n", section);
      },
      [](const setting& x, const std::string& value, const std::string& name) {
        return fmt::format("\n; {}\n; Allowed: {}\n; {}={}\n", x.summary,
                           allowed_text(x), name, value);
      });
}

} // namespace rollcall::node
