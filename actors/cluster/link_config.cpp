#include "actors/cluster/link_config.hpp"

#include "actors/cluster/node_id.hpp"
#include <rollcall/error.hpp>

#include <caf/actor_system_config.hpp>
#include <caf/io/middleman.hpp>

#include <fmt/format.h>

#include <string_view>

namespace rollcall {

namespace {

template <class T>
caf::error check(std::string_view name, T value, T low, T high) {
  if (value >= low && value <= high)
    return caf::none;
  return make_error(
      ec::invalid_config,
      fmt::format("{} is {}, allowed: {} to {}", name, value, low, high));
}

caf::error check_time(std::string_view name, std::chrono::milliseconds value,
                      std::chrono::milliseconds low,
                      std::chrono::milliseconds high) {
  return check(fmt::format("{} in ms", name), value.count(), low.count(),
               high.count());
}

caf::error check_files(const link_config& settings) {
  const bool has_certificate = !settings.certificate_file.empty();
  if (has_certificate == !settings.key_file.empty()
      && has_certificate == !settings.authority_file.empty())
    return caf::none;
  return make_error(ec::invalid_config,
                    "certificate, key and authority: set all three, or none");
}

} // namespace

caf::error validate(const link_config& settings) {
  using namespace std::chrono_literals;
  const caf::error checks[] = {
      check_files(settings),
      check_time("connect_timeout", settings.connect_timeout, 10ms, 60s),
      check_time("handshake_timeout", settings.handshake_timeout, 10ms, 60s),
      check_time("stall_timeout", settings.stall_timeout, 100ms, 1h),
      check_time("accept_backoff", settings.accept_backoff, 1ms, 10s),
      check<std::size_t>("frame_bytes_max", settings.frame_bytes_max, 64u << 10,
                         256u << 20),
      check<std::uint32_t>("accepts_per_second", settings.accepts_per_second, 1,
                           100'000),
      settings.inflow_bytes_max == 0
          ? caf::error{}
          : check<std::uint64_t>("inflow_bytes_max", settings.inflow_bytes_max,
                                 settings.frame_bytes_max, 1u << 30),
      check<std::size_t>("handshakes_max", settings.handshakes_max, 1, 65'536),
      check<std::size_t>("links_max", settings.links_max, 1, 65'536),
  };
  for (const auto& failed : checks)
    if (failed)
      return failed;
  return caf::none;
}

void configure_links(caf::actor_system_config& settings) {
  settings.load<caf::io::middleman>();
  use_unique_node_id(settings);
  // Workers cost more in hand-over than they save in parallel reading.
  settings.set("middleman.workers", std::size_t{0});
  settings.set("middleman.enable-automatic-connections", false);
  // BASP's heartbeats and its timeout count whole messages, so that a long
  // one would drop its own link. Liveness is the cluster's business.
  settings.set("middleman.heartbeat-interval", caf::timespan{0});
  settings.set("middleman.connection-timeout", caf::timespan{0});
  // The broker drains so many messages before it writes: few keep its buffers
  // small and its latency low.
  settings.set("scheduler.max-throughput", std::size_t{10});
}

} // namespace rollcall
