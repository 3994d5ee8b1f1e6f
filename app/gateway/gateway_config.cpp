#include "app/gateway/address_limits.hpp"
#include "app/gateway/handshake.hpp"
#include <rollcall/gateway.hpp>

#include <fmt/format.h>

#include <string_view>

namespace rollcall {

namespace {

/// Per second; what a bucket can still count.
constexpr std::uint64_t rate_ceiling = 1'000'000;

caf::error check_range(std::string_view key, std::uint64_t value,
                       std::uint64_t least, std::uint64_t most) {
  if (value >= least && value <= most)
    return {};
  return make_error(
      ec::invalid_config,
      fmt::format("{} is {}; allowed: {} to {}", key, value, least, most));
}

/// A negative time is as wrong as one that is too long.
std::uint64_t milliseconds_of(std::chrono::milliseconds value) {
  return static_cast<std::uint64_t>(value.count());
}

caf::error check_time(std::string_view key, std::chrono::milliseconds value,
                      std::uint64_t least) {
  constexpr std::uint64_t day = 86'400'000;
  const auto count
      = value.count() < 0 ? 0 : static_cast<std::uint64_t>(value.count());
  return check_range(key, count, least, day);
}

caf::error check_paths(const gateway_config& settings) {
  if (!settings.path.empty() && !settings.path.starts_with('/'))
    return make_error(
        ec::invalid_config,
        fmt::format("path is '{}'; it must start with '/'", settings.path));
  if (!settings.endpoint.starts_with('/'))
    return make_error(ec::invalid_config,
                      fmt::format("endpoint is '{}'; it must start with '/'",
                                  settings.endpoint));
  if (settings.tls_certificate_file.empty() != settings.tls_key_file.empty())
    return make_error(ec::invalid_config,
                      "tls needs both a certificate file and a key file");
  return {};
}

caf::error check_networks(const gateway_config& settings) {
  if (channels::network_list::parse(settings.address_limits_exempt))
    return {};
  return make_error(ec::invalid_config,
                    "address_limits_exempt: every entry must be an IP address "
                    "or a network like 10.0.0.0/8");
}

} // namespace

caf::error validate(const gateway_config& settings) {
  const caf::error problems[] = {
      check_range("io_threads", settings.io_threads, 0, 64),
      check_time("idle_timeout_ms", settings.idle_timeout, 100),
      check_time("handshake_timeout_ms", settings.handshake_timeout, 100),
      check_time("connect_timeout_ms", settings.connect_timeout, 10),
      check_time("join_timeout_ms", settings.join_timeout, 100),
      check_time("leave_timeout_ms", settings.leave_timeout, 10),
      check_range("close_delay_ms", milliseconds_of(settings.close_delay), 0,
                  60'000),
      check_time("write_timeout_ms", settings.write_timeout, 100),
      check_range("frame_bytes_max", settings.frame_bytes_max, 1024, 16u << 20),
      check_range("json_depth_max", settings.json_depth_max, 1, 1000),
      check_range("outbox_bytes_max", settings.outbox_bytes_max, 65'536,
                  1u << 30),
      check_range("unsent_bytes_max", settings.unsent_bytes_max, 1u << 20,
                  std::uint64_t{1} << 40),
      check_range("channels_per_session_max", settings.channels_per_session_max,
                  1, 10'000),
      check_range("sessions_max", settings.sessions_max, 1, 10'000'000),
      check_range("joins_per_second_max", settings.joins_per_second_max, 0,
                  10'000'000),
      check_range("client_messages_per_second_max",
                  settings.client_messages_per_second_max, 0, rate_ceiling),
      check_range("client_joins_per_second_max",
                  settings.client_joins_per_second_max, 0, rate_ceiling),
      check_range("client_presence_calls_per_second_max",
                  settings.client_presence_calls_per_second_max, 0,
                  rate_ceiling),
      check_range("user_messages_per_second_max",
                  settings.user_messages_per_second_max, 0, rate_ceiling),
      check_range("user_joins_per_second_max",
                  settings.user_joins_per_second_max, 0, rate_ceiling),
      check_range("user_presence_calls_per_second_max",
                  settings.user_presence_calls_per_second_max, 0, rate_ceiling),
      check_range("address_connects_per_second_max",
                  settings.address_connects_per_second_max, 0, rate_ceiling),
      check_range("address_connections_max", settings.address_connections_max,
                  0, 10'000'000),
      check_networks(settings),
      check_paths(settings),
  };
  for (const auto& each : problems)
    if (each)
      return each;
  return {};
}

} // namespace rollcall
