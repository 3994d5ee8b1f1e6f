#pragma once

#include "tests/bench/report.hpp"
#include <rollcall/cluster.hpp>
#include <rollcall/presence.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace rollcall::bench {

using wall = std::chrono::steady_clock;

inline std::string key_of(std::size_t i) {
  return "user-" + std::to_string(i);
}

inline std::string meta_of(std::size_t i) {
  return R"({"online_at":")" + std::to_string(1'795'500'000 + i)
         + R"(","dev":"phone"})";
}

inline double ms_since(wall::time_point start) {
  return std::chrono::duration<double, std::milli>(wall::now() - start).count();
}

/// @throws if it is not true within a minute.
template <class Condition>
void wait_until(Condition is_true) {
  const auto end = wall::now() + std::chrono::minutes{1};
  while (!is_true()) {
    if (wall::now() > end)
      throw std::runtime_error{"nothing happened in a minute"};
    std::this_thread::yield();
  }
}

inline void report_spread(const std::string& figure, std::vector<double> ms) {
  std::sort(ms.begin(), ms.end());
  const auto quantile = [&ms](double which) {
    const auto last = static_cast<double>(ms.size() - 1);
    return ms[static_cast<std::size_t>(last * which)];
  };
  report("cluster", figure + "_p50", quantile(0.5), "ms");
  report("cluster", figure + "_p99", quantile(0.99), "ms");
}

/// One node of a cluster, with default settings but for the shards, on any port
/// of the loopback.
class cluster_node {
public:
  explicit cluster_node(const std::string& name,
                        std::vector<std::string> peers = {},
                        std::uint16_t shard_count = 2)
      : system{configured(actor_settings_)} {
    config settings;
    settings.node_name = name;
    settings.shard_count = shard_count;
    who = *presence::start(system, settings);
    cluster_config links;
    links.listen = "127.0.0.1:0";
    links.peers = std::move(peers);
    auto started = cluster::start(system, who, links);
    if (!started)
      throw std::runtime_error{describe(started.error())};
    net = *started;
    owner = system.spawn([](caf::event_based_actor*) -> caf::behavior {
      return {[](caf::ok_atom) {}};
    });
  }
  cluster_node(const cluster_node&) = delete;
  cluster_node& operator=(const cluster_node&) = delete;
  ~cluster_node() {
    net.leave(true);
    caf::anon_send_exit(owner, caf::exit_reason::kill);
    who.stop();
  }

  [[nodiscard]] std::string address() const {
    return "127.0.0.1:" + std::to_string(net.port());
  }

  /// Adds the `i`th presence of a topic.
  void track(const std::string& topic, std::size_t i) const {
    const auto done = who.track(owner, topic, key_of(i), meta_of(i));
    if (!done)
      throw std::runtime_error{describe(done.error())};
  }

private:
  static caf::actor_system_config& configured(caf::actor_system_config& to) {
    configure(to);
    return to;
  }

  caf::actor_system_config actor_settings_;

public:
  caf::actor_system system;
  presence who;
  cluster net;
  caf::actor owner;
};

} // namespace rollcall::bench
