#include "crdt/cluster/peer_packets.hpp"

#include "crdt/cluster/heartbeats.hpp"
#include "crdt/names.hpp"
#include "rollcall/limits.hpp"

#include <utility>

namespace rollcall::crdt {

namespace {

peer_packet read_heartbeat(const std::string& bytes,
                           const node_incarnation& sender) {
  auto heartbeat = wire::decode_heartbeat(bytes);
  if (!heartbeat || !has_good_names(heartbeat->membership))
    return bad_packet{};
  heartbeat->membership.sender = sender;
  return std::move(*heartbeat);
}

peer_packet read_interval(std::string bytes, const std::string& sender) {
  const auto packet = wire::decode_shard_packet(bytes);
  if (!packet)
    return bad_packet{};
  const std::size_t shard = packet->shard;
  const auto content_at = bytes.size() - packet->interval.size();
  return to_shard{shard,
                  interval_arrived{sender, std::move(bytes), content_at}};
}

peer_packet read_request(const std::string& bytes, const std::string& sender) {
  const auto request = wire::decode_request(bytes);
  if (!request)
    return bad_packet{};
  return to_shard{request->shard,
                  request_arrived{sender, request->replica, request->known}};
}

/// Nobody leaves for another.
peer_packet read_leaving(const std::string& bytes, const std::string& sender) {
  auto leaving = wire::decode_leaving(bytes);
  if (!leaving || leaving->node.name != sender)
    return bad_packet{};
  return std::move(*leaving);
}

peer_packet read_event(const std::string& bytes, json_check is_json) {
  auto event = wire::decode_event(bytes);
  if (!event || !is_good(*event, is_json))
    return bad_packet{};
  return deliver_event{std::move(*event)};
}

peer_packet read_tell(const std::string& bytes, const std::string& sender) {
  auto tell = wire::decode_tell(bytes);
  if (!tell || !is_good_topic(tell->topic) || !is_good_key(tell->key))
    return bad_packet{};
  return deliver_tell{sender, std::move(*tell)};
}

peer_packet read_last_seen(const std::string& bytes,
                           const node_incarnation& sender) {
  auto seen = wire::decode_last_seen(bytes);
  if (!seen)
    return bad_packet{};
  const auto teller = tag_of({sender.name, sender.incarnation, 0, 0});
  for (auto& one : seen->keys) {
    if (!is_good_key(one.key))
      return bad_packet{};
    one.teller = teller;
  }
  return std::move(*seen);
}

peer_packet read_end_topic(const std::string& bytes) {
  auto end = wire::decode_end_topic(bytes);
  if (!end || !is_good_topic(end->topic))
    return bad_packet{};
  return deliver_end_topic{std::move(end->topic)};
}

} // namespace

peer_packet read_packet(std::string bytes, const node_incarnation& sender,
                        json_check is_json) {
  const auto kind = wire::kind_of(bytes);
  if (kind == wire::packet_kind::heartbeat)
    return read_heartbeat(bytes, sender);
  if (kind == wire::packet_kind::shard)
    return read_interval(std::move(bytes), sender.name);
  if (kind == wire::packet_kind::request)
    return read_request(bytes, sender.name);
  if (kind == wire::packet_kind::leaving)
    return read_leaving(bytes, sender.name);
  if (kind == wire::packet_kind::event)
    return read_event(bytes, is_json);
  if (kind == wire::packet_kind::tell)
    return read_tell(bytes, sender.name);
  if (kind == wire::packet_kind::last_seen)
    return read_last_seen(bytes, sender);
  if (kind == wire::packet_kind::end_topic)
    return read_end_topic(bytes);
  return bad_packet{};
}

bool is_good(const wire::event& event, json_check is_json) {
  // The name of an event has the form of a key.
  return is_good_topic(event.topic) && is_good_key(event.name)
         && (event.is_binary || event.payload.empty()
             || is_json(event.payload, limits::event_depth_max));
}

} // namespace rollcall::crdt
