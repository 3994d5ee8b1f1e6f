#pragma once

#include "crdt/replication/membership.hpp"
#include "crdt/replication/replicator.hpp"
#include "crdt/replication/seen_key.hpp"
#include "crdt/wire/interval_wire.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The packets of the cluster actor: who is there, who knows what.
namespace rollcall::wire {

/// The protocol that this build speaks; another one is refused at the hello.
inline constexpr std::uint64_t protocol_version = 4;

/// The first packet in each direction.
struct hello {
  std::uint64_t protocol = protocol_version;
  std::string cluster;
  crdt::node_incarnation node;
  std::uint64_t shard_count = 0;
  std::string address; ///< Where the node listens; empty if nowhere.
};

/// The answer to a hello that does not fit, before the connection is closed.
struct refusal {
  std::string reason; ///< For people.
};

/// A heartbeat to one peer, with what the shards tell the same shards of it.
/// The sender is not in the packet: its hello named it.
struct heartbeat {
  crdt::heartbeat membership;
  std::vector<crdt::shard_report> shards; ///< By index; the rest is as before.
};

/// Asks the same shard of a peer for what is missing.
struct request {
  std::uint16_t shard = 0;
  crdt::replica_tag replica;
  crdt::progress known;
};

/// The sender leaves in good order.
struct leaving {
  crdt::node_incarnation node;
};

/// An event for the subscribers of a topic.
struct event {
  std::string topic;
  std::string name;
  std::string payload;
  bool is_binary = false;
};

/// A message for the owners of a key that live on the other node.
struct tell {
  std::string topic;
  std::string key;
  std::string message; ///< For a `tell_codec`.
};

/// Keys of one `last_seen`; more make it a bad packet. A node sends pages of
/// 64 KiB, in which a key has 9 bytes or more.
inline constexpr std::size_t seen_keys_max = 8192;

/// Keys that the sender saw go, and when.
struct last_seen {
  /// Ages are cut to milliseconds. Who told them the sender is left out.
  std::vector<crdt::seen_key> keys;
  crdt::heartbeat_echo echo; ///< Cut likewise.
};

/// The presences of a topic are to end, on every node.
struct end_topic {
  std::string topic;
};

/// A shard's packet: its index and an interval.
struct shard_packet {
  std::uint16_t shard = 0;
  std::string_view interval; ///< For `decode` of wire.hpp.
};

void encode(const hello& hello, std::string& out);
void encode(const refusal& refusal, std::string& out);
void encode(const heartbeat& heartbeat, std::string& out);
void encode(const request& request, std::string& out);
void encode(const leaving& leaving, std::string& out);
void encode(const event& event, std::string& out);
void encode(const tell& tell, std::string& out);
void encode(const last_seen& last_seen, std::string& out);
void encode(const end_topic& end_topic, std::string& out);

/// Puts the shard in front of an interval's packet that follows.
void begin_shard_packet(std::uint16_t shard, std::string& out);

/// The kind of a packet; nothing if the bytes are none of this format.
[[nodiscard]] std::optional<packet_kind> kind_of(std::string_view packet);

/// Each reads one kind; nothing if the bytes break its rules. Whatever they
/// are, memory is in proportion to their number.
[[nodiscard]] std::optional<hello> decode_hello(std::string_view packet);
[[nodiscard]] std::optional<refusal> decode_refusal(std::string_view packet);
[[nodiscard]] std::optional<heartbeat>
decode_heartbeat(std::string_view packet);
[[nodiscard]] std::optional<request> decode_request(std::string_view packet);
[[nodiscard]] std::optional<leaving> decode_leaving(std::string_view packet);
[[nodiscard]] std::optional<event> decode_event(std::string_view packet);
[[nodiscard]] std::optional<tell> decode_tell(std::string_view packet);
[[nodiscard]] std::optional<last_seen>
decode_last_seen(std::string_view packet);
[[nodiscard]] std::optional<end_topic>
decode_end_topic(std::string_view packet);
[[nodiscard]] std::optional<shard_packet>
decode_shard_packet(std::string_view packet);

} // namespace rollcall::wire
