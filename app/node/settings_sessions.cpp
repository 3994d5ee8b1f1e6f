#include "app/node/settings_entries.hpp"
#include <rollcall/config.hpp>

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace rollcall::node {

namespace {

using rules = std::vector<single_session_rule>;

/// Reads `arena:*=newest`. A topic may hold the sign: the last one counts.
std::optional<single_session_rule> read_rule(std::string_view text) {
  const auto equals = text.rfind('=');
  if (equals == std::string_view::npos || equals == 0)
    return std::nullopt;
  single_session_rule result{std::string{text.substr(0, equals)}};
  const auto policy = text.substr(equals + 1);
  for (const auto known : {session_policy::newest, session_policy::oldest})
    if (policy == to_string(known)) {
      result.policy = known;
      return result;
    }
  return std::nullopt;
}

/// Bounds, patterns and repetitions are checked where an embedder's are.
bool store(node_settings& all, const setting_value& value) {
  config checked;
  for (const auto& text : std::get<std::vector<std::string>>(value)) {
    auto rule = read_rule(text);
    if (!rule)
      return false;
    checked.single_session.push_back(std::move(*rule));
  }
  if (validate(checked))
    return false;
  all.runtime.single_session = std::move(checked.single_session);
  return true;
}

setting_value load(const node_settings& all) {
  std::vector<std::string> result;
  for (const auto& rule : all.runtime.single_session)
    result.push_back(
        fmt::format("{}={}", rule.pattern, to_string(rule.policy)));
  return result;
}

} // namespace

std::vector<setting> session_entries() {
  return {{"rollcall.single-session", "",
           fmt::format("a list of 0 to {} strings PATTERN=newest or "
                       "PATTERN=oldest; a pattern is a topic, or a prefix and "
                       "* at its end, and stands there once",
                       limits::single_session_rules_max),
           "Topics in which a key has one presence, on all nodes: a newer "
           "login ends the older one, or is refused. The first pattern that "
           "fits counts; the same on every node.",
           setting_kind::list, store, load}};
}

} // namespace rollcall::node
