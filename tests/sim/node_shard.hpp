#pragma once

#include "crdt/replication/shard_input.hpp"
#include "crdt/replication/shard_sync.hpp"
#include "tests/sim/node_settings.hpp"
#include "tests/sim/simulated_time.hpp"
#include "tests/support/watched_set.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace rollcall::sim {

/// What a simulated shard lives in.
class node_shard_host {
public:
  virtual ~node_shard_host() = default;
  virtual moment now() = 0;
  virtual void after(duration delay, simulated_time::action action) = 0;
  /// Sends a packet to the same shard of a peer, if it is connected.
  virtual void send(const std::string& peer, std::string bytes) = 0;
  virtual void on_changes(std::size_t shard, const crdt::changes& all,
                          bool is_about_node)
      = 0;
};

/// One shard of a simulated node. Throws `std::logic_error` when it shows or
/// sends what it must not.
class node_shard {
public:
  node_shard(const crdt::replica_id& self, const node_settings& settings,
             node_shard_host& host);

  /// Takes what the cluster core decided.
  void take(const crdt::shard_input& input);

  // -- owners -----------------------------------------------------------------

  bool join(const std::string& topic, const std::string& key,
            std::uint64_t owner, const std::string& meta);
  bool update(const std::string& topic, const std::string& key,
              std::uint64_t owner, const std::string& meta);
  bool leave(const std::string& topic, const std::string& key,
             std::uint64_t owner);
  void end_owner(std::uint64_t owner, bool lingers);

  // -- what there is to see ---------------------------------------------------

  [[nodiscard]] std::vector<crdt::known_replica> report() const {
    return sync_.report();
  }
  [[nodiscard]] bool is_complete() const {
    return sync_.is_complete();
  }
  [[nodiscard]] std::size_t unacknowledged(const std::string& peer) const {
    return sync_.out().unacknowledged(peer);
  }
  [[nodiscard]] crdt::replica_tag tag() const {
    return state_.tag();
  }
  [[nodiscard]] crdt::presence_set& set() noexcept {
    return state_.set;
  }
  [[nodiscard]] const crdt::presence_set& set() const noexcept {
    return state_.set;
  }
  /// All that is shown: "topic/key/owner/meta".
  [[nodiscard]] std::set<std::string> shown() {
    return state_.shown();
  }
  /// What a topic shows: "key/meta", in order.
  [[nodiscard]] std::vector<std::string> list(const std::string& topic) {
    return state_.list(topic);
  }
  /// Compares what was reported with what is shown.
  void check() {
    state_.check();
  }

private:
  void step(const crdt::node_changed& input, crdt::sync_effects& out);
  void step(const crdt::peer_connected& input, crdt::sync_effects& out);
  void step(const crdt::peer_disconnected& input, crdt::sync_effects& out);
  void step(const crdt::report_arrived& input, crdt::sync_effects& out);
  void step(const crdt::interval_arrived& input, crdt::sync_effects& out);
  void step(const crdt::request_arrived& input, crdt::sync_effects& out);
  void step(const crdt::relays_changed& input, crdt::sync_effects& out);
  void wrote();
  void wait_for_flush();
  void flush_after(duration delay);
  void flush();
  bool send_one(const crdt::send_interval& missing);

  std::uint16_t index_;
  node_settings settings_;
  node_shard_host& host_;
  test::watched_set state_;
  crdt::shard_sync sync_;
  std::optional<crdt::tick_time> armed_; ///< The flush that is planned.
};

} // namespace rollcall::sim
