#pragma once

#include "actors/shard_table.hpp"
#include "crdt/replication/shard_sync.hpp"
#include "crdt/replication/write_times.hpp"
#include "messages/replication.hpp"

#include <caf/actor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rollcall {

/// The actor clock as the step functions know time.
[[nodiscard]] inline crdt::tick_time
tick_of(shard_table::time_point now) noexcept {
  return std::chrono::duration_cast<crdt::tick_time>(now.time_since_epoch());
}

/// How a shard stands with one peer.
struct replication_lag {
  std::uint64_t behind = 0;       ///< Own writes not acknowledged.
  crdt::tick_time oldest{};       ///< Age of the oldest of them.
  std::size_t unacknowledged = 0; ///< Bytes.
};

/// One shard's replication, without the actor: takes what peers send, makes
/// what they lack. It outlives the actor, as the table does.
///
/// Threads: `wrote`, `report`, `is_complete` and `lag` from any; the rest from
///          the shard's actor.
class shard_replication {
public:
  using time_point = shard_table::time_point;

  /// Sends bytes to a peer.
  using send_function
      = std::function<void(const peer_route& route, std::string bytes)>;

  shard_replication(shard_table& table, const replication_config& settings);

  /// Does one input. @returns whether the dispatcher must be woken.
  bool take(const replication_input& input, time_point now,
            const send_function& send);

  /// Something was written on this node. From any thread.
  /// @returns whether there is somebody to flush it to.
  bool wrote(time_point now);

  /// Sends one round of what is due. @returns whether to call again at once.
  bool flush(time_point now, const send_function& send);

  /// When to call `flush` next; nothing if there is nothing to send.
  [[nodiscard]] std::optional<time_point> next_flush() const;

  /// What this shard knows of every replica.
  [[nodiscard]] std::vector<crdt::known_replica> report() const;

  /// Whether all that peers who are up had has come.
  [[nodiscard]] bool is_complete() const;

  [[nodiscard]] replication_lag lag(const std::string& peer,
                                    crdt::tick_time now) const;

private:
  void step(const crdt::node_changed& input, crdt::tick_time now,
            crdt::sync_effects& out);
  void step(const crdt::peer_connected& input, crdt::tick_time now,
            crdt::sync_effects& out);
  void step(const crdt::peer_disconnected& input, crdt::tick_time now,
            crdt::sync_effects& out);
  void step(const crdt::report_arrived& input, crdt::tick_time now,
            crdt::sync_effects& out);
  void step(const crdt::interval_arrived& input, crdt::tick_time now,
            crdt::sync_effects& out);
  void step(const crdt::request_arrived& input, crdt::tick_time now,
            crdt::sync_effects& out);
  void step(const crdt::relays_changed& input, crdt::tick_time now,
            crdt::sync_effects& out);
  void route(const replication_input& input);
  [[nodiscard]] bool read(const crdt::interval_arrived& input);
  void ask(const std::vector<crdt::interval_request>& requests,
           const send_function& send) const;
  [[nodiscard]] std::optional<crdt::interval>
  make_interval(const crdt::send_interval& what) const;
  bool send_one(const crdt::send_interval& what, crdt::tick_time now,
                const send_function& send);

  shard_table& table_;
  const std::size_t chunk_bytes_;
  crdt::shard_sync sync_;                    ///< Under the table's lock.
  crdt::write_times written_;                ///< Likewise.
  std::map<std::string, peer_route> routes_; ///< By peer; the shard's only.
  crdt::interval received_;                  ///< Likewise; of one input.
};

} // namespace rollcall
