#pragma once

#include "actors/cluster/dialer.hpp"
#include "actors/cluster/link.hpp"
#include "actors/cluster/peer_port.hpp"
#include "actors/cluster/readiness.hpp"
#include "actors/cluster/tell_codec.hpp"
#include "actors/runtime.hpp"
#include "crdt/replication/membership.hpp"
#include "crdt/wire/cluster_wire.hpp"
#include "messages/replication.hpp"
#include "rollcall/cluster.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace rollcall {

/// What the cluster actor lets other threads see.
struct cluster_view {
  mutable std::mutex mutex;
  std::vector<peer_status> peers;
  cluster_stats stats;
  std::string problem = "starting"; ///< Why the node is not ready, if it isn't.
};

/// A connect ended.
///
/// Sent by: link thread.  Handled by: cluster actor.
struct dial_ended {
  std::string address;
  caf::expected<link_peer> result;
};

/// Where a cluster actor gets its links from; set once they are there.
///
/// Sent by: cluster.  Handled by: cluster actor.
using link_handle = std::shared_ptr<cluster_link>;

/// What a cluster actor is made with.
struct cluster_setup {
  std::shared_ptr<runtime> node;
  cluster_config settings;
  std::shared_ptr<cluster_view> view;
  std::shared_ptr<const tell_codec> tells;
};

struct cluster_state {
  static constexpr const char* name = "rollcall.cluster";

  explicit cluster_state(caf::event_based_actor* self) : self_{self} {
  }

  void start(cluster_setup setup);
  void listens_on(std::string address);
  void use(link_handle links, caf::actor port);

  // -- from the links ---------------------------------------------------------

  void link_came(const link_up& what);
  void link_went(const link_down& what);
  void dial_came_back(dial_ended& what);

  // -- from other nodes -------------------------------------------------------

  void take(frame_arrived& frame);

  // -- from this node ---------------------------------------------------------

  void tick();
  void send_event(const topic_event& what);
  void tell(const tell_request& what);
  void leave(bool at_once);
  void close_late(std::uint64_t id);

private:
  using time_point = caf::actor_clock::time_point;
  static constexpr std::size_t beats_remembered = 64;

  /// A connection to another node, which has a name after its hello.
  struct peer_line {
    std::optional<link_id> id;
    caf::actor port;
    std::string address;
    std::shared_ptr<const link_traffic> traffic;
    std::optional<crdt::node_life> life;
    std::optional<certificate_names> names; ///< None in plaintext.
    bool is_dialed = false;   ///< This node connected to the other.
    bool was_greeted = false; ///< Our hello is out.
    bool was_heard = false;   ///< A heartbeat came.
    std::chrono::microseconds round_trip{};
    crdt::tick_time since{}; ///< When it was opened.
  };

  [[nodiscard]] crdt::tick_time now() const;
  peer_line* line_of(const std::string& node_name);
  peer_line* accepted_line(const frame_arrived& frame);
  [[nodiscard]] std::shared_ptr<const inflow_share>
  share_of(const frame_arrived& frame) const;
  void greet(peer_line& to);
  void take_hello(const frame_arrived& frame);
  [[nodiscard]] std::string objection_to(const wire::hello& hello) const;
  [[nodiscard]] std::string objection_to_name(const caf::node_id& node,
                                              const std::string& name) const;
  void refuse(const frame_arrived& frame, const std::string& reason);
  void accept(peer_line& from, const wire::hello& hello);
  void take_refusal(const frame_arrived& frame);
  void take_beat(const frame_arrived& frame);
  void take_shard_packet(frame_arrived& frame,
                         std::shared_ptr<const void> share);
  void take_request(const frame_arrived& frame);
  void take_leaving(const frame_arrived& frame);
  void take_event(const frame_arrived& frame);
  void take_tell(const frame_arrived& frame);
  void drop_line(const caf::node_id& node);
  void close_silent_lines();
  void handle(const std::vector<crdt::node_event>& events);
  void outgrow(std::uint64_t incarnation);
  void measure_round_trip(peer_line& from, const wire::beat& beat);
  void send_beat();
  [[nodiscard]] wire::beat make_beat() const;
  void dial_who_is_due();
  void plan_relays();
  void publish_view();
  [[nodiscard]] bool is_complete() const;
  void to_all_shards(replication_input input) const;
  void to_shard(std::size_t index, replication_input input) const;
  template <class Packet>
  void send_packet(const caf::actor& to, const Packet& packet) const;

  caf::event_based_actor* self_;
  std::shared_ptr<runtime> node_;
  cluster_config settings_;
  std::shared_ptr<cluster_view> view_;
  std::string address_;
  link_handle links_;
  caf::actor port_;
  std::optional<crdt::membership> membership_;
  std::optional<dialer> dialer_;
  std::unordered_map<caf::node_id, peer_line> lines_;
  std::map<std::string, crdt::tick_time> heard_at_; ///< By node name.
  std::array<crdt::tick_time, beats_remembered> beat_times_{};
  std::optional<crdt::tick_time> last_tick_;
  cluster_stats stats_;
  std::string last_plan_;
  readiness readiness_;
  std::shared_ptr<const tell_codec> tells_;
};

/// The one actor that keeps the peers of a node.
caf::behavior cluster_actor(caf::stateful_actor<cluster_state>* self,
                            cluster_setup setup);

} // namespace rollcall

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::link_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::link_down)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::dial_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::link_handle)
