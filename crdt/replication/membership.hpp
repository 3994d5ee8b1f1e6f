#pragma once

#include "crdt/replication/heartbeat.hpp"
#include "crdt/replication/heartbeat_exchange.hpp"
#include "crdt/replication/liveness.hpp"
#include "crdt/replication/relay_choices.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// How nodes agree on who is there. Pure: time is an argument, what to do is a
/// result.
namespace rollcall::crdt {

/// What a node knows of another one.
struct peer_view {
  node_incarnation who;
  bool is_up = false;
  bool is_direct = false;              ///< Heard itself, lately.
  std::chrono::milliseconds silence{}; ///< Since its newest sign of life.
  std::string address;
  std::chrono::microseconds round_trip{}; ///< 0 if not measured.
};

/// Who is there, from heartbeats heard directly or told by others. A node that
/// this one cannot hear is up as long as somebody it hears can; heartbeat.hpp
/// has the rules by which nodes tell each other.
///
/// Shape:   one record a node name, whatever the number of its incarnations,
///          and one a connection.
/// Threads: one at a time.
/// Source:  van Renesse, Minsky, Hayden, "A Gossip-Style Failure Detection
///          Service", 1998, on a full mesh; asking others before somebody is
///          given up is from Das, Gupta, Motivala, "SWIM", 2002.
class membership {
public:
  static constexpr std::size_t nodes_max = crdt::nodes_max;

  membership(node_incarnation self, std::string address,
             membership_config settings);

  /// Lets time pass: counts the own heartbeat, finds who fell silent. Call it
  /// once a `heartbeat_interval`, then send `heartbeat_for` to every peer.
  /// @pre `now` never goes backwards.
  [[nodiscard]] std::vector<node_event> tick(tick_time now);

  /// Takes a heartbeat that came straight from its sender.
  [[nodiscard]] std::vector<node_event> receive(const heartbeat& message,
                                                tick_time now);

  /// A node leaves in good order.
  [[nodiscard]] std::vector<node_event> leave(const node_incarnation& who,
                                              tick_time now);

  /// Where others should connect to; empty if nowhere.
  void listens_on(std::string address);

  /// There is a new connection to a peer: it knows nothing that was told over
  /// an earlier one, and the other way round.
  void open(const std::string& name);

  /// The connection to a node broke: it may be up, but is not heard directly.
  void lose_connection(const std::string& name);

  /// This node starts a later incarnation.
  void reincarnate(std::uint64_t incarnation);

  /// What to tell a peer now.
  [[nodiscard]] heartbeat heartbeat_for(const std::string& name, tick_time now);

  /// What a packet to a peer carries, so that the peer knows how long it was
  /// under way; nothing before a heartbeat came over this connection.
  [[nodiscard]] std::optional<heartbeat_echo> echo_to(const std::string& name,
                                                      tick_time now) const;

  /// How long a packet with this echo was under way at most: the way of the
  /// heartbeat before it is included.
  [[nodiscard]] tick_time time_under_way(const heartbeat_echo& echo,
                                         tick_time now) const;

  /// Peers that should not wait for the next interval, since this node found
  /// that it needs their help or can help them. Each is given once.
  [[nodiscard]] node_names take_urgent();

  /// Whose writes this node passes on to a peer that asked for it.
  [[nodiscard]] std::vector<node_incarnation>
  relayed_to(const std::string& peer) const;

  /// Nodes that a peer or this node misses: each tells the other how far it
  /// knows what they wrote.
  [[nodiscard]] std::vector<node_incarnation>
  doubtful_with(const std::string& peer) const;

  [[nodiscard]] std::vector<peer_view> peers(tick_time now) const;
  [[nodiscard]] std::optional<peer_view> peer(const std::string& name,
                                              tick_time now) const;

  [[nodiscard]] const node_incarnation& self() const noexcept {
    return nodes_.self();
  }

  /// Of the own heartbeats: one more in every interval.
  [[nodiscard]] std::uint64_t counter() const noexcept {
    return nodes_.counter();
  }

private:
  struct sending {
    std::uint64_t sequence = 0;
    tick_time when{};
  };
  static constexpr std::size_t sendings_remembered = 64;

  using events = liveness::events;

  void take_answer(const std::string& via, const liveness_report& report,
                   tick_time now, events& out);
  void take_departures(const heartbeat& message, tick_time now, events& out);
  void take_request(const std::string& from, const node_names& before,
                    tick_time now);
  void measure_round_trip(heartbeat_exchange& with,
                          const heartbeat_order& order, tick_time now) const;
  void check_missing(tick_time now);
  void count_sending(tick_time now);
  [[nodiscard]] liveness_report report_on(const node_record& peer,
                                          tick_time now) const;
  void tell_nodes(const std::string& to, std::uint64_t since, tick_time now,
                  heartbeat& out) const;
  void tell_asked(const std::string& to, const heartbeat_exchange& with,
                  tick_time now, heartbeat& out) const;
  void tell_departed(const std::string& to, std::uint64_t since, tick_time now,
                     heartbeat& out) const;
  void ask(const std::string& to, heartbeat_exchange& with,
           heartbeat& out) const;
  [[nodiscard]] tick_time patience() const;
  [[nodiscard]] bool is_missing(const node_record& peer, tick_time now) const;
  [[nodiscard]] peer_view view_of(const node_record& peer, tick_time now) const;

  std::string address_;
  std::uint64_t address_changed_at_ = 1;
  membership_config settings_;
  liveness nodes_;
  std::map<std::string, heartbeat_exchange> exchanges_; ///< By peer.
  std::uint64_t sequence_ = 0;                          ///< The last one sent.
  std::array<sending, sendings_remembered> sendings_{};
  node_names missing_; ///< As of the last tick.
  std::uint64_t missing_changed_at_ = 0;
  relay_choices relays_;
  node_names urgent_;
};

} // namespace rollcall::crdt
