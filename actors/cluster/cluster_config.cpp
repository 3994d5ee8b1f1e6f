#include "actors/cluster/cluster_config.hpp"

#include "crdt/cluster/peer_address.hpp"

#include <fmt/core.h>

#include <utility>

namespace rollcall {

namespace {

caf::error bad_setting(std::string why) {
  return make_error(ec::invalid_config, std::move(why));
}

caf::error check_address(const char* key, const std::string& address) {
  if (crdt::parse_peer_address(address))
    return {};
  return bad_setting(
      fmt::format("{} is '{}'; allowed: host:port, with [] around an "
                  "IPv6 address",
                  key, address));
}

caf::error check_times(const cluster_config& settings) {
  const auto heartbeat_ms = settings.heartbeat_interval.count();
  if (heartbeat_ms < 20 || heartbeat_ms > 10'000)
    return bad_setting(
        fmt::format("heartbeat_interval is {} ms; allowed: 20 to 10000 "
                    "ms",
                    heartbeat_ms));
  if (settings.down_after < 4 * settings.heartbeat_interval)
    return bad_setting(
        fmt::format("down_after is {} ms; allowed: at least four "
                    "heartbeats, {} ms",
                    settings.down_after.count(), 4 * heartbeat_ms));
  if (settings.forget_after <= settings.down_after)
    return bad_setting(fmt::format("forget_after is {} ms; allowed: more than "
                                   "down_after, {} ms",
                                   settings.forget_after.count(),
                                   settings.down_after.count()));
  if (settings.retry_min.count() < 10
      || settings.retry_max < settings.retry_min)
    return bad_setting(
        fmt::format("retry_min is {} ms and retry_max {} ms; allowed: "
                    "at least 10 ms, and retry_max not below",
                    settings.retry_min.count(), settings.retry_max.count()));
  return {};
}

caf::error check_tells(const cluster_config& settings) {
  constexpr std::size_t low = 256;
  constexpr std::size_t high = 4u << 20; // with what is around it, one frame
  if (settings.tell_bytes_max < low || settings.tell_bytes_max > high)
    return bad_setting(
        fmt::format("tell_bytes_max is {}; allowed: {} to {} bytes",
                    settings.tell_bytes_max, low, high));
  for (const auto& type : settings.tell_types)
    if (type.empty() || type.find('+') != std::string::npos)
      return bad_setting(
          fmt::format("a tell type is '{}'; allowed: the name of a type "
                      "with a CAF type id",
                      type));
  return {};
}

} // namespace

link_config links_of(const cluster_config& settings,
                     const std::string& node_name) {
  link_config result{.certificate_file = settings.certificate_file,
                     .key_file = settings.key_file,
                     .authority_file = settings.authority_file,
                     .check_host_name = settings.check_host_name,
                     .allow_plaintext = settings.allow_plaintext};
  result.inflow_bytes_max = 4 * std::uint64_t{result.frame_bytes_max};
  if (settings.check_node_name)
    result.node_name = node_name;
  return result;
}

caf::error validate(const cluster_config& settings) {
  if (settings.cluster_name.empty() || settings.cluster_name.size() > 255)
    return bad_setting(
        fmt::format("cluster_name has {} bytes; allowed: 1 to 255",
                    settings.cluster_name.size()));
  for (const auto& peer : settings.peers)
    if (auto problem = check_address("a peer", peer))
      return problem;
  for (const auto& [key, value] : {std::pair{"listen", &settings.listen},
                                   std::pair{"advertise", &settings.advertise}})
    if (!value->empty())
      if (auto problem = check_address(key, *value))
        return problem;
  if (auto problem = check_times(settings))
    return problem;
  if (auto problem = check_tells(settings))
    return problem;
  return validate(links_of(settings));
}

} // namespace rollcall
