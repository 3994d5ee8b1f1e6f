#include "rollcall/config.hpp"

#include "actors/request_check.hpp"
#include "rollcall/error.hpp"
#include "text/pattern.hpp"

#include <caf/deep_to_string.hpp>
#include <caf/to_string.hpp>

#include <fmt/core.h>

#include <algorithm>

namespace rollcall {

namespace {

template <class Number>
caf::error check_range(const char* key, Number value, Number least, Number most,
                       const char* unit = "") {
  if (value >= least && value <= most)
    return {};
  return make_error(ec::invalid_config,
                    fmt::format("{} is {}{}; allowed: {} to {}{}", key, value,
                                unit, least, most, unit));
}

caf::error bad_rules(std::string why) {
  return make_error(ec::invalid_config, "single_session " + std::move(why));
}

/// A pattern is a topic as any other, but for the final `*`.
caf::error check_pattern(const std::string& pattern) {
  if (!is_pattern(pattern))
    return bad_rules(fmt::format("has the pattern '{}'; allowed: a topic, or a "
                                 "prefix and * at its end",
                                 pattern));
  if (const auto problem = check_topic(pattern))
    return bad_rules(
        fmt::format("has the pattern '{}': {}", pattern, describe(problem)));
  return {};
}

caf::error check_sessions(const std::vector<single_session_rule>& rules) {
  if (rules.size() > limits::single_session_rules_max)
    return bad_rules(fmt::format("has {} rules; allowed: 0 to {}", rules.size(),
                                 limits::single_session_rules_max));
  for (auto rule = rules.begin(); rule != rules.end(); ++rule) {
    if (auto problem = check_pattern(rule->pattern))
      return problem;
    if (rule->policy != session_policy::newest
        && rule->policy != session_policy::oldest)
      return bad_rules(fmt::format("has no known policy for '{}'; allowed: "
                                   "newest, oldest",
                                   rule->pattern));
    const auto is_same
        = [&](const auto& other) { return other.pattern == rule->pattern; };
    if (std::any_of(rules.begin(), rule, is_same))
      return bad_rules(
          fmt::format("has the pattern '{}' twice", rule->pattern));
  }
  return {};
}

} // namespace

caf::error validate(const config& settings) {
  constexpr std::size_t unbounded = 1'000'000'000;
  for (auto problem : {
           check_node_name(settings.node_name),
           check_range<unsigned>("shard_count", settings.shard_count, 1,
                                 limits::shard_count_max),
           check_range<long>("diff_window", settings.diff_window.count(), 0,
                             10'000, " ms"),
           check_range<std::size_t>("meta_bytes_max", settings.meta_bytes_max,
                                    2, limits::meta_bytes_ceiling, " bytes"),
           check_range<std::size_t>("presences_per_topic_max",
                                    settings.presences_per_topic_max, 1,
                                    unbounded),
           check_range<std::size_t>("subscribers_per_topic_max",
                                    settings.subscribers_per_topic_max, 1,
                                    unbounded),
           check_range<long>("last_seen_for", settings.last_seen_for.count(), 0,
                             366 * 24 * 3600, " s"),
           check_range<std::size_t>("last_seen_max", settings.last_seen_max, 1,
                                    unbounded),
           check_range<std::size_t>("follows_max", settings.follows_max, 1,
                                    unbounded),
           check_range<long>("replication.broadcast_period",
                             settings.replication.broadcast_period.count(), 1,
                             10'000, " ms"),
           check_range<std::size_t>("replication.chunk_bytes",
                                    settings.replication.chunk_bytes, 1024,
                                    4u << 20, " bytes"),
           check_range<std::size_t>("replication.window_bytes",
                                    settings.replication.window_bytes, 65'536,
                                    1u << 30, " bytes"),
           check_range<long>("replication.resend_after",
                             settings.replication.resend_after.count(), 100,
                             60'000, " ms"),
           check_range<std::uint32_t>("restarts_max", settings.restarts_max, 1,
                                      10'000),
           check_range<long>("restart_window", settings.restart_window.count(),
                             1, 3600, " s"),
           check_sessions(settings.single_session),
       })
    if (problem)
      return problem;
  return {};
}

std::string describe(const caf::error& error) {
  if (!error || error.category() != caf::atom("rollcall"))
    return caf::to_string(error);
  std::string result{to_string(code_of(error))};
  if (error.context().match_elements<std::string>())
    result += ": " + error.context().get_as<std::string>(0);
  return result;
}

} // namespace rollcall
