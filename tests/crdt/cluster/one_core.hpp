#pragma once

#include "crdt/cluster/cluster_core.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace rollcall::crdt::test {

/// Two shards that are complete and know nothing.
struct idle_shards : shard_views {
  std::size_t count() const override {
    return 2;
  }
  std::uint64_t version() const override {
    return changes;
  }
  std::vector<known_replica>
  known_to(std::size_t, const node_incarnation&,
           const std::vector<node_incarnation>&) const override {
    ++questions;
    return known;
  }
  bool is_settled(std::size_t, const std::string&) const override {
    ++questions;
    return are_settled;
  }
  bool is_complete(std::size_t) const override {
    return are_complete;
  }
  shard_lag lag(std::size_t, const std::string&, tick_time) const override {
    return {3, age_of_lag, 7};
  }
  key_writers writers_of(const std::string&,
                         const std::string&) const override {
    return {1, {tag_of({"b", 1, 1, 0})}};
  }
  last_seen::page last_seen_after(last_seen::position where,
                                  const last_seen::selection& wanted,
                                  tick_time now) const override {
    auto part = wanted;
    part.bytes = 40;
    return seen.read_after(where, part, now);
  }

  last_seen seen{{std::chrono::hours{1}, 100}};
  tick_time age_of_lag = std::chrono::milliseconds{5};
  bool are_complete = true;
  bool are_settled = true;
  std::vector<known_replica> known;
  std::uint64_t changes = 0;
  mutable std::size_t questions = 0; ///< That a version answers, too.
};

inline bool is_brackets(std::string_view text, std::size_t) {
  return text == "[]";
}

inline constexpr connection_id to_b{1};
inline constexpr connection_id to_c{2};

/// Node "a" with the defaults, which was told of "b:1".
struct one_core {
  idle_shards shards;
  cluster_core core{{"a", 5},
                    {.cluster_name = "test",
                     .peers = {"b:1"},
                     .membership = {},
                     .event_bytes_max = 100},
                    shards,
                    is_brackets};
  tick_time now{1'000'000};
  cluster_effects last;

  void does(cluster_effects effects) {
    last = std::move(effects);
  }

  /// Ticks for a while. All effects are in `last`.
  void pass(std::chrono::milliseconds time) {
    cluster_effects all;
    for (const auto end = now + time; now < end;) {
      now += std::chrono::milliseconds{200};
      for (auto& effect : core.tick(now))
        all.push_back(std::move(effect));
    }
    last = std::move(all);
  }

  void open(connection_id id, bool is_dialed = false,
            allowed_names names = {}) {
    does(core.opened({id, "socket", is_dialed, std::move(names)}, now));
  }

  void dial_b() {
    open(to_b, true);
    does(core.dial_ended({"b:1", dial_outcome::opened, to_b, {}}, now));
  }

  template <class Packet>
  void take(connection_id from, const Packet& packet) {
    std::string bytes;
    wire::encode(packet, bytes);
    does(core.take(from, std::move(bytes), now));
  }

  void greet(connection_id from, const std::string& name) {
    take(from, wire::hello{wire::protocol_version, "test", {name, 1}, 2, {}});
  }

  void heartbeat(connection_id from, std::uint64_t counter) {
    wire::heartbeat packet;
    packet.membership.counter = counter;
    packet.membership.order.sequence = counter;
    take(from, packet);
  }

  /// The effects of one type in `last`.
  template <class Effect>
  std::vector<Effect> all() const {
    std::vector<Effect> result;
    for (const auto& effect : last)
      if (const auto* one = std::get_if<Effect>(&effect))
        result.push_back(*one);
    return result;
  }

  /// The inputs of one type that all shards get.
  template <class Input>
  std::vector<Input> told() const {
    std::vector<Input> result;
    for (const auto& effect : all<to_all_shards>())
      if (const auto* one = std::get_if<Input>(&effect.input))
        result.push_back(*one);
    return result;
  }

  /// The kinds of packets in `last`.
  std::vector<wire::packet_kind> sent() const {
    std::vector<wire::packet_kind> result;
    for (const auto& packet : all<send_packet>())
      result.push_back(*wire::kind_of(packet.bytes));
    return result;
  }

  /// The heartbeats in `last`.
  std::vector<wire::heartbeat> heartbeats() const {
    std::vector<wire::heartbeat> result;
    for (const auto& packet : all<send_packet>())
      if (auto sent = wire::decode_heartbeat(packet.bytes))
        result.push_back(std::move(*sent));
    return result;
  }

  std::string refusal() const {
    for (const auto& packet : all<send_packet>())
      if (const auto refused = wire::decode_refusal(packet.bytes))
        return refused->reason;
    return "accepted";
  }

  std::uint64_t bad_packets() const {
    return core.counters().bad_packets;
  }
};

} // namespace rollcall::crdt::test
