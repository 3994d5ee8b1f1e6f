#pragma once

#include "rollcall/error.hpp"
#include "rollcall/presence.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>
#include <caf/message.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace caf {
class actor_system_config;
}

namespace rollcall {

/// Prepares an actor system for Rollcall: message types, and the distribution
/// layer with settings under which it works behind our links. Call it before
/// the configuration file is parsed and the actor system is made.
void configure(caf::actor_system_config& settings);

/// How a node finds and treats its peers. Immutable once started.
struct cluster_config {
  std::string cluster_name = "rollcall"; ///< The same on all nodes.

  /// Where peers connect to, `host:port`; empty: only this node connects.
  std::string listen;

  /// What peers should connect to, if not `listen`.
  std::string advertise;

  /// Some nodes of the cluster, `host:port`. One that is reached tells of the
  /// others. The own address in it does no harm.
  std::vector<std::string> peers;

  // Mutual TLS: all three or none. Without, only loopback unless
  // `allow_plaintext`.
  std::string certificate_file;
  std::string key_file;
  std::string authority_file;
  bool check_host_name = false;
  bool allow_plaintext = false;

  /// 20 to 10 000 ms.
  std::chrono::milliseconds heartbeat_interval{200};

  /// Silence after which a node's presences are reported as left. At least four
  /// heartbeats.
  std::chrono::milliseconds down_after{2000};

  /// Silence after which all of a node is forgotten. More than `down_after`.
  std::chrono::milliseconds forget_after{600'000};

  /// Between two attempts to reach an address: doubles up to `retry_max`, with
  /// jitter.
  std::chrono::milliseconds retry_min{100};
  std::chrono::milliseconds retry_max{5000};
};

/// How a node stands with another one.
struct peer_status {
  std::string name;
  std::uint64_t incarnation = 0;
  std::string address;
  bool is_up = false;
  bool is_direct = false; ///< Heard itself, not through others.
  bool has_line = false;  ///< Connected to this node.
  std::chrono::milliseconds silence{};
  std::uint64_t behind = 0;        ///< Own writes it has not acknowledged.
  std::chrono::milliseconds lag{}; ///< Age of the oldest of them.
  std::size_t unacknowledged_bytes = 0;
  std::chrono::microseconds round_trip{}; ///< Of the last heartbeat.
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

/// Counters of the cluster, since the start.
struct cluster_stats {
  std::uint64_t heartbeats_sent = 0;
  std::uint64_t heartbeats_received = 0;
  std::uint64_t refused = 0;     ///< Hellos of another cluster, version, ...
  std::uint64_t bad_packets = 0; ///< That could not be read.
  std::uint64_t ups = 0;
  std::uint64_t downs = 0;
  std::uint64_t links_opened = 0;
  std::uint64_t links_rejected = 0; ///< Before a handshake was complete.
};

/// Makes one cluster of many nodes: every node shows the presences of all.
///
/// Threads: any. Destroy it, or call `leave`, before `presence::stop`.
class cluster {
public:
  cluster() = default;

  /// Listens and connects. The actor system must have gone through `configure`.
  ///
  /// Errors: `invalid_config`, also for bad certificates and a taken port.
  [[nodiscard]] static caf::expected<cluster>
  start(caf::actor_system& system, presence who, cluster_config settings);

  /// Leaves. With `at_once` the others forget this node's presences now; else
  /// they wait `down_after`, so that clients which come back elsewhere are not
  /// seen to leave.
  void leave(bool at_once);

  /// Whether all that the peers had when this node came is here. True as well
  /// when nobody could be reached.
  [[nodiscard]] bool is_ready() const;

  [[nodiscard]] std::vector<peer_status> peers() const;
  [[nodiscard]] cluster_stats stats() const;

  /// The port that peers connect to; 0 if none.
  [[nodiscard]] std::uint16_t port() const noexcept;

private:
  class impl;
  std::shared_ptr<impl> impl_;
};

/// Checks every bound. @returns the first broken one as `invalid_config`.
[[nodiscard]] caf::error validate(const cluster_config& settings);

} // namespace rollcall
