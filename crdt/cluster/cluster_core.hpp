#pragma once

#include "crdt/cluster/cluster_effects.hpp"
#include "crdt/cluster/connections.hpp"
#include "crdt/cluster/dialer.hpp"
#include "crdt/cluster/effect_list.hpp"
#include "crdt/cluster/heartbeats.hpp"
#include "crdt/cluster/last_seen_sync.hpp"
#include "crdt/cluster/peer_packets.hpp"
#include "crdt/cluster/peer_state.hpp"
#include "crdt/cluster/readiness.hpp"
#include "crdt/cluster/shard_views.hpp"
#include "crdt/replication/membership.hpp"
#include "crdt/wire/cluster_wire.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace rollcall::crdt {

/// How a node finds and treats its peers.
struct cluster_settings {
  std::string cluster_name = "rollcall";
  std::vector<std::string> peers; ///< Addresses that are tried for ever.
  membership_config membership;
  std::chrono::milliseconds retry_min{100};
  std::chrono::milliseconds retry_max{5000};
  bool check_node_name = true;     ///< Whether certificates bind names.
  std::size_t event_bytes_max = 0; ///< An event's packet that links carry.
  std::uint64_t seed = 0;          ///< Of all random choices.
};

/// A connection that the two nodes can use.
struct opened_connection {
  connection_id id{};
  std::string address; ///< Of the other end, for people.
  bool is_dialed = false;
  allowed_names names;
};

enum class dial_outcome : std::uint8_t {
  opened,
  myself,      ///< The address is this node's own.
  duplicate,   ///< There is a connection to that node, or is about to be.
  rejected,    ///< The other node does not want this one.
  unreachable, ///< Nobody is there, as far as one can tell.
};

/// How a `connect_to` ended.
struct dial_result {
  std::string address;
  dial_outcome outcome = dial_outcome::unreachable;
  connection_id id{}; ///< Only with `opened`; the connection is known.
  std::string reason; ///< For people; empty with `opened`.
};

/// Counted since the start.
struct cluster_counters {
  std::uint64_t heartbeats_sent = 0;
  std::uint64_t heartbeats_received = 0;
  std::uint64_t refused = 0;
  std::uint64_t bad_packets = 0;
  std::uint64_t events_dropped = 0;
  std::uint64_t ups = 0;
  std::uint64_t downs = 0;
  std::uint64_t connections_opened = 0;
};

/// One node's part in the cluster: whom it connects to, whom it accepts, who is
/// there, what it tells the shards of the node, and whether it is ready.
///
/// Every input returns what is to be done because of it. The same inputs at the
/// same times return the same effects.
///
/// Shape:   a record a connection, a peer and an address.
/// Errors:  none; a packet that breaks the rules is counted and has no effect.
/// Threads: one at a time.
/// Pre:     times never go backwards.
class cluster_core {
public:
  /// @pre `shards` outlives this.
  cluster_core(node_incarnation self, cluster_settings settings,
               const shard_views& shards, json_check is_json);

  cluster_core(const cluster_core&) = delete;
  cluster_core& operator=(const cluster_core&) = delete;

  /// Others reach this node at `address`; empty if they cannot.
  void listens_on(std::string address);

  // -- from the driver --------------------------------------------------------

  /// Time passed. Call it at the start, and then once a `heartbeat_interval`.
  [[nodiscard]] cluster_effects tick(tick_time now);

  /// The time of a `wake_up_after` has passed.
  [[nodiscard]] cluster_effects wake_up(tick_time now);

  /// A shard has something to tell a peer that should not wait for the next
  /// tick. The peer may be unknown.
  [[nodiscard]] cluster_effects report_due(const std::string& peer);

  /// A connection is there. A node never has two to the same process.
  [[nodiscard]] cluster_effects opened(const opened_connection& fresh,
                                       tick_time now);

  /// A connection is gone. It may be unknown.
  [[nodiscard]] cluster_effects
  closed(connection_id id, const std::string& reason, tick_time now);

  /// A connect ended. If it succeeded, `opened` was called before.
  [[nodiscard]] cluster_effects dial_ended(const dial_result& result,
                                           tick_time now);

  /// A packet came over a connection, which may be unknown.
  [[nodiscard]] cluster_effects take(connection_id from, std::string bytes,
                                     tick_time now);

  /// Passes an event of this node on to all peers.
  [[nodiscard]] cluster_effects send_event(const wire::event& event);

  /// Passes the packet of a `wire::tell` on to every peer with an owner of the
  /// key.
  [[nodiscard]] cluster_effects send_tell(const std::string& topic,
                                          const std::string& key,
                                          const std::string& packet);

  /// Has all peers end the presences of a topic.
  [[nodiscard]] cluster_effects send_end_topic(const std::string& topic);

  /// Tells all peers that this node leaves.
  [[nodiscard]] cluster_effects leave();

  // -- what there is to see ---------------------------------------------------

  [[nodiscard]] const membership& members() const noexcept {
    return membership_;
  }
  [[nodiscard]] const connection_table& connections() const noexcept {
    return connections_;
  }
  [[nodiscard]] cluster_counters counters() const noexcept;
  [[nodiscard]] std::vector<peer_state> peers(tick_time now) const;

  /// Why the node is not ready, in words; empty if it is.
  [[nodiscard]] std::string problem() const;

private:
  // -- time
  void close_silent_connections(tick_time elapsed);
  void close_and_forget(connection_id id, const std::string& reason);
  void forget(connection_id id);
  void dial_who_is_due();
  void consider_readiness();
  [[nodiscard]] bool is_complete() const;

  // -- membership
  void handle(const std::vector<node_event>& events);
  void outgrow(std::uint64_t incarnation);

  // -- greeting
  void greet(connection_id id, connection& to);
  void take_hello(connection_id id, const std::string& bytes);
  void refuse(connection_id id, connection& other, std::string reason);
  void accept(connection_id id, connection& other,
              const node_incarnation& node);
  void take_refusal(connection_id id, const std::string& bytes);

  // -- packets of nodes that were accepted
  void take_accepted(connection& from, std::string bytes);
  void take_heartbeat(connection& from, wire::heartbeat& heartbeat);

  cluster_settings settings_;
  const shard_views& shards_;
  json_check is_json_;
  std::mt19937_64 random_;
  std::string address_;
  membership membership_;
  dialer dialer_;
  readiness readiness_;
  connection_table connections_;
  effect_list effects_; ///< Of the input at hand.
  heartbeats heartbeats_;
  last_seen_sync last_seen_sync_;
  cluster_counters counters_;
  std::optional<tick_time> last_tick_;
  tick_time now_{}; ///< Of the input at hand.
};

} // namespace rollcall::crdt
