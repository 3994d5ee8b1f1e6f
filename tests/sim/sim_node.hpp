#pragma once

#include "crdt/cluster/cluster_core.hpp"
#include "tests/sim/node_settings.hpp"
#include "tests/sim/node_shard.hpp"
#include "tests/sim/simulated_time.hpp"
#include "tests/sim/simulated_watchers.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::sim {

/// What a simulated process lives in.
class sim_host : public sim_surroundings {
public:
  virtual void connect(const std::string& address) = 0;
  virtual void send(crdt::connection_id to, const std::string& bytes) = 0;
  virtual void close(crdt::connection_id id) = 0;
  /// A heartbeat was made: what the shards have written is in it.
  virtual void made_heartbeat(std::uint64_t counter) = 0;
  /// The node learned of another one from that one's heartbeat `counter`, which
  /// is 0 if others told it, who may be behind.
  virtual void on_event(const crdt::node_event& event, std::uint64_t counter)
      = 0;
};

/// Who a process is, by its own word.
struct sim_identity {
  crdt::node_incarnation incarnation;
  std::string address; ///< Where the others reach it.
  std::string cluster_name = "sim";
  std::vector<std::string> seeds; ///< Addresses in its settings.
};

/// One incarnation of one node: the shipped `cluster_core` and its shards, with
/// a driver of simulated time and connections.
class sim_node final : private node_shard_host, private crdt::shard_views {
public:
  sim_node(const sim_identity& self, const node_settings& settings,
           std::uint64_t seed, sim_host& host);

  void start();

  // -- from the network -------------------------------------------------------

  void opened(const crdt::opened_connection& connection);
  void closed(crdt::connection_id id);
  void dial_ended(const crdt::dial_result& result);
  /// A packet of an honest node must be accepted; one that is forged may be
  /// refused.
  void take(crdt::connection_id from, const std::string& bytes, bool is_forged);

  // -- from this node ---------------------------------------------------------

  [[nodiscard]] node_shard& shard_of(const std::string& topic);
  [[nodiscard]] simulated_watchers& watchers() noexcept {
    return watchers_;
  }
  void leave_all(std::uint64_t owner);
  void end_owner(std::uint64_t owner, leave_reason why);
  /// On all nodes.
  void end_topic(const std::string& topic);
  void broadcast(const std::string& topic, const std::string& payload);
  void tell(const std::string& topic, const std::string& key,
            const std::string& message);

  /// Says goodbye to all; the process ends soon after.
  void leave_cluster();

  // -- what there is to see ---------------------------------------------------

  [[nodiscard]] const crdt::cluster_core& core() const noexcept {
    return core_;
  }
  [[nodiscard]] const crdt::membership& members() const noexcept {
    return core_.members();
  }
  [[nodiscard]] const std::vector<std::unique_ptr<node_shard>>&
  shards() const noexcept {
    return shards_;
  }
  /// What is wrong with it though nothing is on its way, or nothing.
  [[nodiscard]] std::optional<std::string> difference();
  /// When keys that are not shown were last, by what the node knows.
  [[nodiscard]] std::map<std::string, moment> last_seen() const;
  [[nodiscard]] bool is_connected_to(const std::string& name) const;

  std::uint64_t shard_packets = 0;      ///< Intervals and questions sent.
  std::uint64_t requests = 0;           ///< Questions that were sent.
  std::uint64_t intervals = 0;          ///< Intervals that came.
  std::uint64_t heartbeats = 0;         ///< That were sent.
  std::uint64_t heartbeat_bytes = 0;    ///< Of them, without the frames around.
  std::vector<wire::event> events;      ///< Events that came.
  std::vector<crdt::deliver_tell> told; ///< Messages that came.
  std::uint64_t last_seen_packets = 0;  ///< That were sent.

private:
  // node_shard_host
  moment now() override;
  void after(duration delay, simulated_time::action action) override;
  void send(const std::string& peer, std::string bytes) override;
  void hurry_reports(const std::set<std::string>& peers) override;
  void on_changes(std::size_t shard, const crdt::changes& all,
                  bool is_about_node) override;
  std::uint64_t wall_ms() override;
  void on_replaced(const std::string& topic, const std::string& key,
                   std::uint64_t owner) override;
  void on_ended(const std::string& topic, const std::string& key,
                std::uint64_t owner) override {
    host_.on_ended(topic, key, owner);
  }

  // shard_views
  [[nodiscard]] std::size_t count() const override;
  [[nodiscard]] std::uint64_t version() const override;
  [[nodiscard]] std::vector<crdt::known_replica>
  known_to(std::size_t shard, const crdt::node_incarnation& peer,
           const std::vector<crdt::node_incarnation>& doubtful) const override;
  [[nodiscard]] bool is_settled(std::size_t shard,
                                const std::string& peer) const override;
  [[nodiscard]] bool is_complete(std::size_t shard) const override;
  [[nodiscard]] crdt::shard_lag lag(std::size_t shard, const std::string& peer,
                                    crdt::tick_time now) const override;
  [[nodiscard]] crdt::key_writers
  writers_of(const std::string& topic, const std::string& key) const override;
  [[nodiscard]] crdt::last_seen::page
  last_seen_after(crdt::last_seen::position where,
                  const crdt::last_seen::selection& wanted,
                  crdt::tick_time now) const override;

  void tick();
  void check_lags() const;
  void run(crdt::cluster_effects effects);
  void run(const crdt::connect_to& effect);
  void run(const crdt::close_connection& effect);
  void run(const crdt::send_packet& effect);
  void run(const crdt::to_shard& effect);
  void run(const crdt::to_all_shards& effect);
  void run(const crdt::deliver_event& effect);
  void run(const crdt::deliver_tell& effect);
  void run(const crdt::deliver_last_seen& effect);
  void run(const crdt::deliver_end_topic& effect);
  void run(const crdt::wake_up_after& effect);
  void run(const crdt::log_line& effect);

  node_settings settings_;
  sim_host& host_;
  [[nodiscard]] std::vector<std::string> all_shown() const;
  [[nodiscard]] simulated_ranges make_ranges() const;
  [[nodiscard]] std::vector<crdt::dot>
  places_of(const std::string& topic) const;

  std::vector<std::unique_ptr<node_shard>> shards_;
  simulated_watchers watchers_;
  crdt::cluster_core core_;
  /// The heartbeat at hand: who sent it, and its number.
  std::optional<std::pair<crdt::node_incarnation, std::uint64_t>> cause_;
  bool is_forged_ = false; ///< The packet at hand.
  /// What the core was told last, and at which version of the shard, plus one.
  mutable std::map<std::pair<std::size_t, crdt::node_incarnation>,
                   std::pair<std::uint64_t, std::vector<crdt::known_replica>>>
      answers_;
};

} // namespace rollcall::sim
