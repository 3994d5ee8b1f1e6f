#include "tests/sim/node_shard.hpp"

#include "crdt/wire/cluster_wire.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>
#include <variant>

namespace rollcall::sim {

node_shard::node_shard(const crdt::replica_id& self,
                       const node_settings& settings, node_shard_host& host)
    : index_{self.shard},
      settings_{settings},
      host_{host},
      state_{self, settings.deaths_max},
      sync_{state_.set, settings.replication} {
}

// -- what the cluster decided -------------------------------------------------

void node_shard::take(const crdt::shard_input& input) {
  crdt::sync_effects effects;
  std::visit([&](const auto& it) { step(it, effects); }, input);
  state_.note(std::move(effects.diffs));
  host_.on_changes(index_, state_.last,
                   std::holds_alternative<crdt::node_changed>(input));
  for (const auto& request : effects.requests) {
    std::string bytes;
    wire::encode(wire::request{index_, request.replica, request.known}, bytes);
    host_.send(request.peer, std::move(bytes));
  }
  wait_for_flush();
}

void node_shard::step(const crdt::node_changed& input,
                      crdt::sync_effects& out) {
  switch (input.event.kind) {
  case crdt::node_event_kind::up:
    return sync_.node_up(input.event.who);
  case crdt::node_event_kind::down:
    return sync_.node_down(input.event.who, out);
  case crdt::node_event_kind::gone:
    return sync_.node_gone(input.event.who, out);
  case crdt::node_event_kind::conflict:
    return sync_.reincarnate(input.event.who.incarnation, out);
  }
}

void node_shard::step(const crdt::peer_connected& input, crdt::sync_effects&) {
  sync_.line_up(input.peer);
}

void node_shard::step(const crdt::peer_disconnected& input,
                      crdt::sync_effects&) {
  sync_.line_down(input.peer);
}

void node_shard::step(const crdt::report_arrived& input,
                      crdt::sync_effects& out) {
  sync_.heard(input.peer, input.report, host_.now(), out);
}

void node_shard::step(const crdt::interval_arrived& input,
                      crdt::sync_effects& out) {
  const auto content = input.content();
  crdt::interval interval;
  if (wire::decode(std::as_bytes(std::span{content.data(), content.size()}),
                   interval)
      != wire::decode_error::none)
    throw std::logic_error{"an interval was refused"};
  if (sync_.received(input.peer, interval, host_.now(), out)
      == crdt::apply_result::malformed)
    throw std::logic_error{"an interval was malformed"};
}

void node_shard::step(const crdt::request_arrived& input, crdt::sync_effects&) {
  sync_.requested(input.peer, input.replica, input.known, host_.now());
}

void node_shard::step(const crdt::relays_changed& input, crdt::sync_effects&) {
  sync_.set_direct(input.direct);
  for (const auto& [peer, origins] : input.plan)
    sync_.relay(peer, origins);
}

// -- owners -------------------------------------------------------------------

bool node_shard::join(const std::string& topic, const std::string& key,
                      std::uint64_t owner, const std::string& meta) {
  const bool is_new = state_.join(topic, key, owner, meta);
  wrote();
  return is_new;
}

bool node_shard::update(const std::string& topic, const std::string& key,
                        std::uint64_t owner, const std::string& meta) {
  const bool is_there = state_.update(topic, key, owner, meta);
  wrote();
  return is_there;
}

bool node_shard::leave(const std::string& topic, const std::string& key,
                       std::uint64_t owner) {
  const bool is_there = state_.leave(topic, key, owner);
  wrote();
  return is_there;
}

void node_shard::end_owner(std::uint64_t owner, bool) {
  state_.leave_owner(owner);
  wrote();
}

void node_shard::wrote() {
  host_.on_changes(index_, state_.last, false);
  if (state_.last.empty())
    return;
  sync_.wrote(host_.now());
  wait_for_flush();
}

// -- what goes out ------------------------------------------------------------

void node_shard::wait_for_flush() {
  const auto next = sync_.next_flush();
  if (!next || (armed_ && *armed_ <= *next))
    return;
  armed_ = next;
  flush_after(std::max(duration{0}, *next - host_.now()));
}

void node_shard::flush_after(duration delay) {
  host_.after(delay, [this] { flush(); });
}

void node_shard::flush() {
  armed_.reset();
  bool is_sending = false;
  for (const auto& missing : sync_.due(host_.now()))
    is_sending |= send_one(missing);
  if (is_sending)
    flush_after(duration{0});
  else
    wait_for_flush();
}

bool node_shard::send_one(const crdt::send_interval& missing) {
  const auto made = state_.set.make_interval(missing.replica, missing.known,
                                             settings_.chunk_bytes);
  if (!made)
    return false;
  std::string bytes;
  wire::begin_shard_packet(index_, bytes);
  wire::encode(*made, bytes);
  for (const auto& peer : missing.peers) {
    if (unacknowledged(peer) >= settings_.replication.window_bytes)
      throw std::logic_error{"sent beyond the window"};
    sync_.sent(peer, missing.replica, {made->to, made->as_of}, bytes.size(),
               host_.now());
    host_.send(peer, bytes);
  }
  return true;
}

} // namespace rollcall::sim
