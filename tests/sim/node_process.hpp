#pragma once

#include "crdt/replication/membership.hpp"
#include "crdt/wire/cluster_wire.hpp"
#include "tests/sim/node_network.hpp"
#include "tests/sim/node_settings.hpp"
#include "tests/sim/node_shard.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace rollcall::sim {

/// What a simulated process lives in.
class node_host {
public:
  virtual ~node_host() = default;
  virtual moment now() = 0;
  virtual void after(duration delay, simulated_time::action what) = 0;
  virtual void dial(std::size_t peer) = 0;
  virtual void send(line_id line, std::string bytes) = 0;
  virtual void close(line_id line) = 0;
  /// A later life for a node that others know in life `known`.
  virtual std::uint64_t outgrow(std::uint64_t known) = 0;
  /// A heartbeat is made: what the shards had written by then.
  virtual void beats(std::uint64_t counter) = 0;
  virtual void on_event(const crdt::node_event& event, std::uint64_t counter)
      = 0;
  virtual void on_changes(std::size_t shard, const crdt::changes& all,
                          bool is_about_node)
      = 0;
};

/// One life of one node, driven as `cluster_actor` and `shard_state` drive the
/// real one, over the same bytes.
class node_process : private node_shard_host {
public:
  node_process(crdt::node_life self, std::size_t index, std::size_t node_count,
               const node_settings& settings, node_host& host);

  void start();

  // -- from the network -------------------------------------------------------

  void line_opened(std::size_t peer, line_id line);
  void line_closed(line_id line);
  void take(line_id line, const std::string& bytes);

  // -- from owners ------------------------------------------------------------

  bool join(std::size_t shard, const std::string& topic, const std::string& key,
            std::uint64_t owner, const std::string& meta,
            std::uint32_t linger_ms = 0);
  bool update(std::size_t shard, const std::string& topic,
              const std::string& key, std::uint64_t owner,
              const std::string& meta);
  bool leave(std::size_t shard, const std::string& topic,
             const std::string& key, std::uint64_t owner);
  void leave_all(std::uint64_t owner);
  void end_owner(std::uint64_t owner, bool lingers);

  /// Says goodbye to all; the process ends soon after.
  void leave_cluster();

  [[nodiscard]] crdt::membership& members() noexcept {
    return membership_;
  }
  [[nodiscard]] const std::vector<std::unique_ptr<node_shard>>&
  shards() const noexcept {
    return shards_;
  }
  [[nodiscard]] bool has_line_to(const std::string& name) const;

  std::uint64_t requests = 0;  ///< Questions that were sent.
  std::uint64_t intervals = 0; ///< Intervals that came.

private:
  // What the shards need.
  moment now() override {
    return host_.now();
  }
  void after(duration delay, simulated_time::action what) override {
    host_.after(delay, std::move(what));
  }
  void send(const std::string& peer, std::string bytes) override;
  void on_changes(std::size_t shard, const crdt::changes& all,
                  bool is_about_node) override {
    host_.on_changes(shard, all, is_about_node);
  }

  struct peer_line {
    std::size_t peer = 0;
    std::optional<crdt::node_life> life;
    bool was_greeted = false;
    bool was_heard = false;
  };

  void tick();
  void dial_who_is_missing();
  void plan_relays();
  wire::beat make_beat();
  void send_beat();
  void greet(line_id id, peer_line& to);
  void drop_line(line_id id);
  void handle(const std::vector<crdt::node_event>& events,
              const crdt::heartbeat* cause);
  void tell_shards(const crdt::shard_input& input);
  void outgrow(std::uint64_t incarnation);
  void take_hello(line_id id, const std::string& bytes);
  void take_beat(line_id id, const std::string& bytes);
  void take_shard_packet(const peer_line& from, const std::string& bytes);
  void take_request(const peer_line& from, const std::string& bytes);
  std::optional<line_id> line_to(const std::string& name) const;
  template <class Packet>
  void send_packet(line_id to, const Packet& packet) {
    std::string bytes;
    wire::encode(packet, bytes);
    host_.send(to, std::move(bytes));
  }

  std::size_t index_;
  std::size_t node_count_;
  node_settings settings_;
  node_host& host_;
  crdt::membership membership_;
  std::vector<std::unique_ptr<node_shard>> shards_;
  std::map<line_id, peer_line> lines_;
  std::map<std::size_t, moment> next_dial_;
  std::string last_plan_;
  std::uint64_t reopened_ = 0; ///< Times that all lines were started anew.
};

} // namespace rollcall::sim
