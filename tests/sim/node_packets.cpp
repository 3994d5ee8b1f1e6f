#include "tests/sim/node_process.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>

/// What a simulated process does with packets, and what it sends.
namespace rollcall::sim {

namespace {

template <class Packet>
Packet&& sound(std::optional<Packet>&& packet) {
  if (!packet)
    throw std::logic_error{"a packet was refused"};
  return std::move(*packet);
}

} // namespace

// -- what comes in ------------------------------------------------------------

void node_process::take(line_id id, const std::string& bytes) {
  const auto kind = wire::kind_of(bytes);
  const auto found = lines_.find(id);
  if (found == lines_.end())
    return;
  if (kind == wire::packet_kind::hello)
    return take_hello(id, bytes);
  if (!found->second.life)
    return; // nobody speaks before the hello
  if (kind == wire::packet_kind::beat)
    take_beat(id, bytes);
  else if (kind == wire::packet_kind::shard)
    take_shard_packet(found->second, bytes);
  else if (kind == wire::packet_kind::request)
    take_request(found->second, bytes);
  else if (kind == wire::packet_kind::leaving)
    handle(
        membership_.leave(sound(wire::decode_leaving(bytes)).node, host_.now()),
        nullptr);
  else
    throw std::logic_error{"a packet of no kind"};
}

void node_process::take_hello(line_id id, const std::string& bytes) {
  const auto hello = sound(wire::decode_hello(bytes));
  if (lines_[id].life == hello.node)
    return;
  for (const auto& [other, to] : lines_)
    if (other != id && to.life && to.life->name == hello.node.name) {
      host_.close(other);
      drop_line(other);
      break;
    }
  auto& here = lines_[id];
  here.life = hello.node;
  greet(id, here);
  tell_shards(crdt::peer_connected{hello.node.name});
  send_packet(id, make_beat());
}

void node_process::take_beat(line_id id, const std::string& bytes) {
  const auto beat = sound(wire::decode_beat(bytes));
  auto& from = lines_[id];
  if (beat.membership.sender.name != from.life->name)
    throw std::logic_error{"a heartbeat of somebody else"};
  from.life = beat.membership.sender;
  const bool is_first = !std::exchange(from.was_heard, true);
  const auto sender = from.life->name;
  handle(membership_.receive(beat.membership, host_.now()), &beat.membership);
  if (is_first)
    plan_relays();
  for (std::size_t i = 0; i < beat.shards.size(); ++i)
    shards_[i]->take(crdt::report_arrived{sender, beat.shards[i]});
}

void node_process::take_shard_packet(const peer_line& from,
                                     const std::string& bytes) {
  ++intervals;
  const auto packet = sound(wire::decode_shard_packet(bytes));
  const auto content_at
      = static_cast<std::size_t>(packet.interval.data() - bytes.data());
  shards_[packet.shard]->take(
      crdt::interval_arrived{from.life->name, bytes, content_at});
}

void node_process::take_request(const peer_line& from,
                                const std::string& bytes) {
  const auto request = sound(wire::decode_request(bytes));
  shards_[request.shard]->take(
      crdt::request_arrived{from.life->name, request.replica, request.known});
}

void node_process::send(const std::string& peer, std::string bytes) {
  const auto line = line_to(peer);
  if (!line)
    return;
  if (wire::kind_of(bytes) == wire::packet_kind::request)
    ++requests;
  host_.send(*line, std::move(bytes));
}

// -- owners -------------------------------------------------------------------

bool node_process::join(std::size_t shard, const std::string& topic,
                        const std::string& key, std::uint64_t owner,
                        const std::string& meta, std::uint32_t linger_ms) {
  return shards_[shard]->join(topic, key, owner, meta, linger_ms);
}

bool node_process::update(std::size_t shard, const std::string& topic,
                          const std::string& key, std::uint64_t owner,
                          const std::string& meta) {
  return shards_[shard]->update(topic, key, owner, meta);
}

bool node_process::leave(std::size_t shard, const std::string& topic,
                         const std::string& key, std::uint64_t owner) {
  return shards_[shard]->leave(topic, key, owner);
}

void node_process::leave_all(std::uint64_t owner) {
  for (const auto& here : shards_)
    here->leave_all(owner);
}

void node_process::end_owner(std::uint64_t owner, bool lingers) {
  for (const auto& here : shards_)
    here->end_owner(owner, lingers);
}

} // namespace rollcall::sim
