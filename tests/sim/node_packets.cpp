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
  for (auto& shard : shards_)
    shard->sync.line_up(hello.node.name);
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
  for (std::size_t i = 0; i < beat.shards.size(); ++i) {
    crdt::sync_effects effects;
    shards_[i]->sync.heard(sender, beat.shards[i], host_.now(), effects);
    finish(i, effects, false);
  }
}

void node_process::take_shard_packet(const peer_line& from,
                                     const std::string& bytes) {
  ++intervals;
  const auto packet = sound(wire::decode_shard_packet(bytes));
  crdt::interval what;
  if (wire::decode(std::as_bytes(std::span{packet.interval.data(),
                                           packet.interval.size()}),
                   what)
      != wire::decode_error::none)
    throw std::logic_error{"an interval was refused"};
  crdt::sync_effects effects;
  const auto result = shards_[packet.shard]->sync.received(
      from.life->name, what, host_.now(), effects);
  if (result == crdt::apply_result::malformed)
    throw std::logic_error{"an interval was malformed"};
  finish(packet.shard, effects, false);
}

void node_process::take_request(const peer_line& from,
                                const std::string& bytes) {
  const auto request = sound(wire::decode_request(bytes));
  shards_[request.shard]->sync.requested(from.life->name, request.replica,
                                         request.known, host_.now());
  wait_for_flush(request.shard);
}

/// Reports and asks, as a step said.
void node_process::finish(std::size_t which, crdt::sync_effects& effects,
                          bool is_about_node) {
  auto& here = *shards_[which];
  here.state.note(std::move(effects.diffs));
  host_.on_changes(which, here.state.last, is_about_node);
  for (const auto& request : effects.requests)
    if (const auto line = line_to(request.peer)) {
      ++requests;
      send_packet(*line, wire::request{static_cast<std::uint16_t>(which),
                                       request.replica, request.known});
    }
  wait_for_flush(which);
}

// -- owners -------------------------------------------------------------------

bool node_process::join(std::size_t shard, const std::string& topic,
                        const std::string& key, std::uint64_t owner,
                        const std::string& meta) {
  const bool is_new = shards_[shard]->state.join(topic, key, owner, meta);
  wrote(shard);
  return is_new;
}

bool node_process::update(std::size_t shard, const std::string& topic,
                          const std::string& key, std::uint64_t owner,
                          const std::string& meta) {
  const bool is_there = shards_[shard]->state.update(topic, key, owner, meta);
  wrote(shard);
  return is_there;
}

bool node_process::leave(std::size_t shard, const std::string& topic,
                         const std::string& key, std::uint64_t owner) {
  const bool is_there = shards_[shard]->state.leave(topic, key, owner);
  wrote(shard);
  return is_there;
}

void node_process::end_owner(std::uint64_t owner) {
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    shards_[i]->state.leave_owner(owner);
    wrote(i);
  }
}

void node_process::wrote(std::size_t which) {
  auto& here = *shards_[which];
  host_.on_changes(which, here.state.last, false);
  if (here.state.last.empty())
    return;
  here.sync.wrote(host_.now());
  wait_for_flush(which);
}

// -- what goes out ------------------------------------------------------------

void node_process::wait_for_flush(std::size_t which) {
  auto& here = *shards_[which];
  const auto next = here.sync.next_flush();
  if (!next || (here.armed && *here.armed <= *next))
    return;
  here.armed = next;
  flush_soon(which, std::max(duration{0}, *next - host_.now()));
}

void node_process::flush_soon(std::size_t which, duration delay) {
  host_.after(delay, [this, which] { flush(which); });
}

void node_process::flush(std::size_t which) {
  auto& here = *shards_[which];
  here.armed.reset();
  bool is_sending = false;
  for (const auto& what : here.sync.due(host_.now()))
    is_sending |= send_one(which, what);
  if (is_sending)
    flush_soon(which, duration{0});
  else
    wait_for_flush(which);
}

bool node_process::send_one(std::size_t which,
                            const crdt::send_interval& what) {
  auto& here = *shards_[which];
  const auto made = here.state.set.make_interval(what.replica, what.known,
                                                 settings_.chunk_bytes);
  if (!made)
    return false;
  std::string bytes;
  wire::begin_shard_packet(static_cast<std::uint16_t>(which), bytes);
  wire::encode(*made, bytes);
  for (const auto& peer : what.peers) {
    const auto before = here.sync.out().unacknowledged(peer);
    if (before >= settings_.replication.window_bytes)
      throw std::logic_error{"sent beyond the window"};
    here.sync.sent(peer, what.replica, {made->to, made->as_of}, bytes.size(),
                   host_.now());
    if (const auto line = line_to(peer))
      host_.send(*line, bytes);
  }
  return true;
}

} // namespace rollcall::sim
