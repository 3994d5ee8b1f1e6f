#pragma once

#include "rollcall/error.hpp"
#include "rollcall/presence.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>
#include <caf/message.hpp>
#include <caf/type_id.hpp>

#include <chrono>
#include <cstddef>
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

  /// Mutual TLS, PEM: all three or none. Without, only loopback unless
  /// `allow_plaintext`.
  ///@{
  std::string certificate_file;
  std::string key_file;
  std::string authority_file;
  ///@}

  /// Whether a peer's certificate must also bear the host name that is
  /// connected to.
  bool check_host_name = false;

  /// Whether a node without certificates may leave the loopback.
  bool allow_plaintext = false;

  /// With TLS: whether a certificate must bear the name of its node, this
  /// node's own included, as URI `rollcall:NAME` (or, without such a URI, as a
  /// DNS name) in the subject alternative name. Without, each node with a
  /// certificate of the authority may call itself what it likes.
  bool check_node_name = true;

  /// Names, as CAF knows them, of the types that `presence::tell` may carry to
  /// other nodes besides `told_event`; the same on all nodes. `allow_tell`
  /// adds to it. A message of another type, or with one inside, is refused at
  /// both ends. Handles of actors cannot go.
  std::vector<std::string> tell_types;

  /// Serialised bytes of one such message, 256 to 4 MiB. Above it `tell`
  /// answers `too_large`.
  std::size_t tell_bytes_max = 256 * 1024;

  /// Puts types that have a CAF type id on `tell_types`.
  template <class... Ts>
  cluster_config& allow_tell() {
    (tell_types.emplace_back(caf::type_name<Ts>::value), ...);
    return *this;
  }

  /// Between two heartbeats to a peer, 20 to 10 000 ms.
  std::chrono::milliseconds heartbeat_interval{200};

  /// Silence after which a node's presences are reported as left. At least four
  /// heartbeats.
  std::chrono::milliseconds down_after{2000};

  /// Silence after which all of a node is forgotten. More than `down_after`.
  std::chrono::milliseconds forget_after{600'000};

  /// Between two attempts to reach an address: doubles up to `retry_max`, with
  /// jitter.
  std::chrono::milliseconds retry_min{100};
  std::chrono::milliseconds retry_max{5000}; ///< See `retry_min`.
};

/// How a node stands with another one.
struct peer_status {
  std::string name;              ///< Of the other node.
  std::uint64_t incarnation = 0; ///< Of its start, see `config`.
  std::string address;           ///< Where it listens, `host:port`.
  bool is_up = false;            ///< Whether its presences are shown here.
  bool is_direct = false;        ///< Heard itself, not through others.
  bool has_line = false;         ///< Connected to this node.
  std::chrono::milliseconds silence{};  ///< Since its last sign of life.
  std::uint64_t behind = 0;             ///< Own writes it has not acknowledged.
  std::chrono::milliseconds lag{};      ///< Age of the oldest of them.
  std::size_t unacknowledged_bytes = 0; ///< Sent, and not acknowledged.
  std::chrono::microseconds round_trip{}; ///< Of the last heartbeat.
  std::uint64_t bytes_in = 0;             ///< From it, over the present link.
  std::uint64_t bytes_out = 0;            ///< To it, over the present link.
};

/// Counters of the cluster, since the start.
struct cluster_stats {
  std::uint64_t heartbeats_sent = 0;     ///< To all peers.
  std::uint64_t heartbeats_received = 0; ///< From all peers.
  std::uint64_t heartbeats_direct = 0;   ///< Of these, past CAF's own layer.
  std::uint64_t refused = 0;        ///< Hellos of another cluster, version, ...
  std::uint64_t bad_packets = 0;    ///< That could not be read.
  std::uint64_t tells_refused = 0;  ///< Of a type or size not allowed here.
  std::uint64_t events_dropped = 0; ///< Too large for the links.
  std::uint64_t ups = 0;            ///< Times that a node came, or came back.
  std::uint64_t downs = 0;          ///< Times that a node fell silent.
  std::uint64_t links_opened = 0;   ///< Links that carry messages.
  std::uint64_t links_rejected = 0; ///< Before a handshake was complete.
};

/// Makes one cluster of many nodes: every node shows the presences of all.
///
/// A handle; all copies are the same. One that was not started answers as a
/// cluster that was left: not ready, nobody there.
///
/// Threads: everything may be called from everywhere at any time. `leave` waits
///          for its end, except inside an actor. `presence::stop` leaves at
///          once by itself; so does the end of the last handle, but then the
///          others wait `down_after`.
class cluster {
public:
  /// A cluster that was left.
  cluster() = default;

  /// Listens and connects. The actor system must have gone through `configure`.
  ///
  /// Errors: `invalid_config`, also for bad certificates, a taken port, a
  ///         presence that was not started or is in a cluster already.
  [[nodiscard]] static caf::expected<cluster>
  start(caf::actor_system& system, presence who, cluster_config settings);

  /// Leaves. With `at_once` the others forget this node's presences now; else
  /// they wait `down_after`, so that clients which come back elsewhere are not
  /// seen to leave.
  void leave(bool at_once);

  /// Leaves at once. For `scoped`.
  void stop() {
    leave(true);
  }

  /// Whether all that the peers had when this node came is here. True as well
  /// when nobody could be reached; false while those that were reached refuse
  /// this node and nobody accepts it.
  [[nodiscard]] bool is_ready() const;

  /// Why `is_ready` is false, in words: the first refusal, or what is missing.
  /// Empty if it is true.
  [[nodiscard]] std::string not_ready_reason() const;

  /// Reads the certificate files again. New connections use them; links that
  /// are open go on. After an error all stays as it was.
  ///
  /// Errors: `invalid_config`, naming the file and what is wrong with it.
  [[nodiscard]] caf::error reload_certificates();

  /// The other nodes that are known, and how this one stands with them.
  [[nodiscard]] std::vector<peer_status> peers() const;

  /// What this node counts about its cluster.
  [[nodiscard]] cluster_stats stats() const;

  /// The port that peers connect to; 0 if none.
  [[nodiscard]] std::uint16_t port() const noexcept;

private:
  friend struct cluster_internals;

  class impl;
  std::shared_ptr<impl> impl_;
};

/// Checks every bound. @returns the first broken one as `invalid_config`.
[[nodiscard]] caf::error validate(const cluster_config& settings);

} // namespace rollcall
