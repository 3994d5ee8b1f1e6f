#include "rollcall/config.hpp"

#include "actors/request_check.hpp"
#include "rollcall/error.hpp"

#include <caf/deep_to_string.hpp>
#include <caf/to_string.hpp>

#include <fmt/core.h>

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
       })
    if (problem)
      return problem;
  return {};
}

std::string describe(const caf::error& what) {
  if (!what || what.category() != caf::atom("rollcall"))
    return caf::to_string(what);
  std::string result{to_string(code_of(what))};
  if (what.context().match_elements<std::string>())
    result += ": " + what.context().get_as<std::string>(0);
  return result;
}

} // namespace rollcall
