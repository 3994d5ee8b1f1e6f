#include "actors/shard_replication.hpp"

#include "actors/cluster/peer_check.hpp"
#include "crdt/wire/cluster_wire.hpp"
#include "rollcall/log.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <span>
#include <variant>

namespace rollcall {

namespace {

/// What was written right after a flush must be elsewhere within the period, so
/// the way there is taken off it.
std::chrono::milliseconds pace_of(std::chrono::milliseconds broadcast_period) {
  return std::max(broadcast_period * 4 / 5, std::chrono::milliseconds{1});
}

constexpr const char* component = "rollcall.replication";

/// @returns false.
bool complain(const std::string& peer, std::string_view why) {
  log(log_level::warning, component,
      fmt::format("{} sent an interval that is no good: {}", peer, why));
  return false;
}

} // namespace

shard_replication::shard_replication(shard_table& table,
                                     const replication_config& settings)
    : table_{table},
      chunk_bytes_{settings.chunk_bytes},
      sync_{table.set_,
            {pace_of(settings.broadcast_period), settings.window_bytes,
             settings.resend_after}} {
}

// -- what comes in ------------------------------------------------------------

bool shard_replication::take(const replication_input& input, time_point now,
                             const send_function& send) {
  if (const auto* arrived = std::get_if<crdt::interval_arrived>(&input.input);
      arrived != nullptr && !read(*arrived))
    return false;
  route(input);
  crdt::sync_effects effects;
  shard_table::outcome outcome;
  {
    const std::lock_guard guard{table_.mutex_};
    std::visit([&](const auto& it) { step(it, tick_of(now), effects); },
               input.input);
    for (auto& change : effects.diffs)
      table_.note(outcome, std::move(change));
  }
  received_ = {}; // Its topics lie in the input.
  ask(effects.requests, send);
  return outcome.wakes;
}

void shard_replication::step(const crdt::node_changed& input, crdt::tick_time,
                             crdt::sync_effects& out) {
  switch (input.event.kind) {
  case crdt::node_event_kind::up:
    return sync_.node_up(input.event.who);
  case crdt::node_event_kind::down:
    return sync_.node_down(input.event.who, out);
  case crdt::node_event_kind::gone:
    return sync_.node_gone(input.event.who, out);
  case crdt::node_event_kind::conflict:
    sync_.reincarnate(input.event.who.incarnation, out);
    return table_.lingering_.renumber(out.diffs);
  }
}

/// Remembers the way to a peer as long as it is connected.
void shard_replication::route(const replication_input& input) {
  if (const auto* up = std::get_if<crdt::peer_connected>(&input.input))
    routes_[up->peer] = input.route;
  if (const auto* down = std::get_if<crdt::peer_disconnected>(&input.input))
    routes_.erase(down->peer);
}

void shard_replication::step(const crdt::peer_connected& input, crdt::tick_time,
                             crdt::sync_effects&) {
  sync_.line_up(input.peer);
}

void shard_replication::step(const crdt::peer_disconnected& input,
                             crdt::tick_time, crdt::sync_effects&) {
  sync_.line_down(input.peer);
}

void shard_replication::step(const crdt::report_arrived& input,
                             crdt::tick_time now, crdt::sync_effects& out) {
  sync_.heard(input.peer, input.report, now, out);
}

/// Reads an interval, before the table is locked. @returns whether it is good.
bool shard_replication::read(const crdt::interval_arrived& input) {
  const auto content = input.content();
  received_ = {};
  const auto unread = wire::decode(
      std::as_bytes(std::span{content.data(), content.size()}), received_);
  if (unread != wire::decode_error::none)
    return complain(input.peer, wire::to_string(unread));
  if (const auto problem = check(received_))
    return complain(input.peer, describe(problem));
  return true;
}

void shard_replication::step(const crdt::interval_arrived& input,
                             crdt::tick_time now, crdt::sync_effects& out) {
  if (sync_.received(input.peer, received_, now, out)
      == crdt::apply_result::malformed)
    complain(input.peer, "it contradicts itself");
}

void shard_replication::step(const crdt::request_arrived& input,
                             crdt::tick_time now, crdt::sync_effects&) {
  sync_.requested(input.peer, input.replica, input.known, now);
}

void shard_replication::step(const crdt::relays_changed& input, crdt::tick_time,
                             crdt::sync_effects&) {
  sync_.set_direct(input.direct);
  for (const auto& [peer, origins] : input.plan)
    sync_.relay(peer, origins);
}

void shard_replication::ask(const std::vector<crdt::interval_request>& requests,
                            const send_function& send) const {
  for (const auto& request : requests) {
    const auto route = routes_.find(request.peer);
    if (route == routes_.end())
      continue;
    std::string bytes;
    wire::encode(
        wire::request{table_.shard_index(), request.replica, request.known},
        bytes);
    send(route->second, std::move(bytes));
  }
}

// -- what goes out ------------------------------------------------------------

bool shard_replication::wrote(time_point now) {
  const std::lock_guard guard{table_.mutex_};
  sync_.wrote(tick_of(now));
  written_.note(table_.set_.progress_of(table_.set_.self_tag()).seen,
                tick_of(now));
  return sync_.next_flush().has_value();
}

bool shard_replication::flush(time_point now, const send_function& send) {
  std::vector<crdt::send_interval> round;
  {
    const std::lock_guard guard{table_.mutex_};
    round = sync_.due(tick_of(now));
  }
  bool is_sending = false;
  for (const auto& what : round)
    is_sending |= send_one(what, tick_of(now), send);
  return is_sending;
}

/// Makes one interval, once for all peers who lack it.
bool shard_replication::send_one(const crdt::send_interval& what,
                                 crdt::tick_time now,
                                 const send_function& send) {
  const auto made = make_interval(what);
  if (!made)
    return false;
  std::string bytes; // Without the lock: it takes longer than to make it.
  wire::begin_shard_packet(table_.shard_index(), bytes);
  wire::encode(*made, bytes);
  {
    const std::lock_guard guard{table_.mutex_};
    for (const auto& peer : what.peers)
      sync_.sent(peer, what.replica, {made->to, made->as_of}, bytes.size(),
                 now);
  }
  for (const auto& peer : what.peers)
    if (const auto route = routes_.find(peer); route != routes_.end())
      send(route->second, bytes);
  return true;
}

std::optional<crdt::interval>
shard_replication::make_interval(const crdt::send_interval& what) const {
  const std::lock_guard guard{table_.mutex_};
  return table_.set_.make_interval(what.replica, what.known, chunk_bytes_);
}

std::optional<shard_replication::time_point>
shard_replication::next_flush() const {
  const std::lock_guard guard{table_.mutex_};
  const auto next = sync_.next_flush();
  if (!next)
    return std::nullopt;
  return time_point{std::chrono::duration_cast<time_point::duration>(*next)};
}

// -- what it knows ------------------------------------------------------------

std::vector<crdt::known_replica> shard_replication::report() const {
  const std::lock_guard guard{table_.mutex_};
  return sync_.report();
}

bool shard_replication::is_complete() const {
  const std::lock_guard guard{table_.mutex_};
  return sync_.is_complete();
}

replication_lag shard_replication::lag(const std::string& peer,
                                       crdt::tick_time now) const {
  const std::lock_guard guard{table_.mutex_};
  const auto own = table_.set_.progress_of(table_.set_.self_tag());
  const auto told = sync_.out().acknowledged(peer);
  return {own.seen - std::min(own.seen, told.seen),
          written_.age_after(told.seen, now), sync_.out().unacknowledged(peer)};
}

} // namespace rollcall
