#pragma once

#include "tests/actors/one_node.hpp"
#include <rollcall/cluster.hpp>
#include <rollcall/presence.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

/// Whole nodes in one process, over real links on loopback.
namespace rollcall::test {

/// Waits for something that other threads bring about. The deadline is for
/// broken programs only.
template <class Condition>
bool eventually(Condition condition,
                std::chrono::seconds patience = std::chrono::seconds{20}) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::yield();
  }
  return true;
}

/// A node of a test cluster.
class cluster_node {
public:
  struct options {
    std::vector<std::string> peers;
    std::string cluster_name = "test";
    std::uint16_t shards = 2;
    std::uint64_t incarnation = 0;
    std::vector<single_session_rule> single_session = {};
    std::chrono::seconds last_seen_for{0};
    std::string listen = "127.0.0.1:0";
    std::function<void(cluster_config&)> tune = {};
    std::function<void(caf::actor_system_config&)> prepare = {};
  };

  cluster_node(const std::string& name, const options& with)
      : system{configured(actor_settings, with)} {
    config settings;
    settings.node_name = name;
    settings.shard_count = with.shards;
    settings.incarnation = with.incarnation;
    settings.diff_window = std::chrono::milliseconds{0};
    settings.single_session = with.single_session;
    settings.last_seen_for = with.last_seen_for;
    who = *presence::start(system, settings);
    cluster_config peers;
    peers.cluster_name = with.cluster_name;
    peers.listen = with.listen;
    peers.peers = with.peers;
    peers.heartbeat_interval = std::chrono::milliseconds{50};
    peers.down_after = std::chrono::milliseconds{1000};
    if (with.tune)
      with.tune(peers);
    auto started = cluster::start(system, who, peers);
    if (started)
      net = *started;
    else
      problem = describe(started.error());
  }

  cluster_node(const cluster_node&) = delete;
  cluster_node& operator=(const cluster_node&) = delete;

  ~cluster_node() {
    stop(true);
  }

  void stop(bool at_once) {
    if (std::exchange(is_stopped, true))
      return;
    net.leave(at_once);
    for (const auto& actor : actors)
      caf::anon_send_exit(actor, caf::exit_reason::kill);
    who.stop();
  }

  [[nodiscard]] std::string address() const {
    return "127.0.0.1:" + std::to_string(net.port());
  }

  caf::actor owner() {
    actors.push_back(system.spawn(obedient));
    return actors.back();
  }

  caf::actor track(const std::string& topic, const std::string& key,
                   const std::string& meta = "{}") {
    auto result = owner();
    if (!who.track(result, topic, key, meta))
      return {};
    return result;
  }

  std::set<std::string> keys(const std::string& topic) const {
    std::set<std::string> result;
    for (const auto& presence : who.list(topic))
      result.emplace(presence.key());
    return result;
  }

  bool is_up(const std::string& name) const {
    for (const auto& peer : net.peers())
      if (peer.name == name)
        return peer.is_up;
    return false;
  }

  caf::actor_system_config actor_settings;
  caf::actor_system system;
  presence who;
  cluster net;
  std::string problem;
  std::vector<caf::actor> actors;
  bool is_stopped = false;

private:
  static caf::actor_system_config&
  configured(caf::actor_system_config& settings, const options& with) {
    configure(settings);
    if (with.prepare)
      with.prepare(settings);
    settings.set("scheduler.max-threads", std::size_t{2});
    return settings;
  }
};

} // namespace rollcall::test
