#pragma once

#include "actors/cluster/frame_receiver.hpp"
#include "actors/cluster/link.hpp"
#include "actors/cluster/slot_views.hpp"
#include "actors/cluster/tell_codec.hpp"
#include "actors/runtime.hpp"
#include "crdt/cluster/cluster_core.hpp"
#include "messages/replication.hpp"
#include "rollcall/cluster.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/execution_unit.hpp>
#include <caf/stateful_actor.hpp>

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
using link_handle = std::shared_ptr<peer_links>;

/// What a cluster actor is made with.
struct cluster_setup {
  std::shared_ptr<runtime> node;
  cluster_config settings;
  std::shared_ptr<cluster_view> view;
  std::shared_ptr<const tell_codec> tells;
  std::shared_ptr<caf::execution_unit> link_unit; ///< On the links' thread.
  std::uint64_t seed = 0; ///< Of the core's random choices.
};

/// Drives a `cluster_core`: tells it what happens, and carries out what it
/// decides. The number of a link is that of the core's connection.
struct cluster_state {
  static constexpr const char* name = "rollcall.cluster";

  explicit cluster_state(caf::event_based_actor* self) : self_{self} {
  }

  void start(cluster_setup setup);
  void listens_on(std::string address);
  void use(link_handle links, caf::actor receiver);

  // -- from the links ---------------------------------------------------------

  void link_came(const link_up& link);
  void link_went(const link_down& link);
  void dial_came_back(dial_ended& dial);
  void take(link_heartbeat& heartbeat);

  // -- from other nodes -------------------------------------------------------

  void take(frame_arrived& frame);

  // -- from this node ---------------------------------------------------------

  void tick();
  void report_soon(const std::string& peer);
  void wake_up();
  void send_event(const topic_event& event);
  void tell(const tell_request& request);
  void end_topic(const end_topic_request& request);
  void leave(bool at_once);
  void stop();

private:
  /// What CAF and the links know of a connection.
  struct link_end {
    [[nodiscard]] bool may_pass_caf() const {
      return receiver && traffic && traffic->is_outflow_done();
    }

    caf::node_id node;
    /// Takes frames on the other node; null before it spoke.
    caf::actor receiver;
    std::shared_ptr<const link_traffic> traffic;
  };

  [[nodiscard]] crdt::tick_time now() const;
  void run(crdt::cluster_effects effects);
  void run(crdt::connect_to& effect);
  void run(crdt::close_connection& effect);
  void run(crdt::send_packet& effect);
  void send_heartbeats();
  void run(crdt::to_shard& effect);
  void run(crdt::to_all_shards& effect);
  void run(crdt::deliver_event& effect);
  void run(crdt::deliver_tell& effect);
  void run(crdt::deliver_last_seen& effect);
  void run(crdt::deliver_end_topic& effect);
  void run(crdt::wake_up_after& effect);
  void run(crdt::log_line& effect);
  void publish_view();

  caf::event_based_actor* self_;
  std::shared_ptr<runtime> node_;
  cluster_config settings_;
  std::shared_ptr<cluster_view> view_;
  std::shared_ptr<const tell_codec> tells_;
  std::shared_ptr<caf::execution_unit> link_unit_;
  link_handle links_;
  caf::actor receiver_;
  std::optional<slot_views> shards_;
  std::optional<crdt::cluster_core> core_;
  std::map<crdt::connection_id, link_end> ends_;
  std::unordered_map<caf::node_id, crdt::connection_id> ids_;
  std::shared_ptr<const void> share_;      ///< Of the frame at hand.
  std::vector<link_heartbeat> heartbeats_; ///< For the links; soon sent.
  std::uint64_t tells_refused_ = 0;
  std::uint64_t bad_tells_ = 0;
  std::uint64_t heartbeats_direct_ = 0;
};

/// The one actor that keeps the peers of a node.
caf::behavior cluster_actor(caf::stateful_actor<cluster_state>* self,
                            cluster_setup setup);

} // namespace rollcall

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::link_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::link_down)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::dial_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::link_handle)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::link_heartbeat)
