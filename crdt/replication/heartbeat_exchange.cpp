#include "crdt/replication/heartbeat_exchange.hpp"

#include <cstddef>
#include <iterator>
#include <utility>

namespace rollcall::crdt {

namespace {

/// What a peer asks for costs memory, and bytes in every heartbeat to it.
node_names bounded(const node_names& names) {
  if (names.size() <= nodes_max)
    return names;
  return {names.begin(),
          std::next(names.begin(), static_cast<std::ptrdiff_t>(nodes_max))};
}

} // namespace

heartbeat_order heartbeat_exchange::next(std::uint64_t sequence,
                                         tick_time now) const {
  return {sequence, acknowledged_, heard_, has_gap_,
          heard_ == 0 ? tick_time{} : now - heard_at_};
}

std::optional<heartbeat_echo> heartbeat_exchange::echo(tick_time now) const {
  if (heard_ == 0)
    return std::nullopt;
  return heartbeat_echo{heard_, now - heard_at_};
}

void heartbeat_exchange::take(const heartbeat& message, tick_time now) {
  const auto& order = message.order;
  acknowledged_ = order.has_gap ? 0 : order.echo;
  has_gap_ = order.since != 0 && (has_gap_ || order.since > heard_);
  heard_ = order.sequence;
  heard_at_ = now;
  sender_ = message.sender;
  counter_ = message.counter;
  if (message.missing)
    missing_ = bounded(*message.missing);
  if (message.relays)
    relays_ = bounded(*message.relays);
}

std::uint64_t heartbeat_exchange::ask_to_relay(node_names names,
                                               std::uint64_t sequence) {
  if (names != asked_to_relay_) {
    asked_to_relay_ = std::move(names);
    asked_at_ = sequence;
  }
  return asked_at_;
}

} // namespace rollcall::crdt
