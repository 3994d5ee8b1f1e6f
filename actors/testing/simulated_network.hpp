#pragma once

#include "actors/cluster/link.hpp"
#include "actors/testing/simulated_wire.hpp"

#include <caf/actor.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/node_id.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rollcall::testing {

/// One incarnation of a node, as the network sees it.
struct attached_node {
  caf::actor_system* system = nullptr;
  caf::actor receiver; ///< Takes the frames of the peers.
  link_events events;  ///< Who is told of links.
};

/// What carries packets between the nodes of a test, in the place of the links
/// and of CAF's distribution layer. Packets go as bytes: an actor of one system
/// never has a handle to one of another.
///
/// Shape:   two wires for each pair of nodes; a record a link.
/// Threads: that of the test.
class simulated_network {
public:
  explicit simulated_network(std::size_t nodes);

  simulated_network(const simulated_network&) = delete;
  simulated_network& operator=(const simulated_network&) = delete;

  /// Where peers connect to: `node-2:4610`.
  [[nodiscard]] static std::string address_of(std::size_t node);

  // -- nodes ------------------------------------------------------------------

  void attach(std::size_t node, attached_node attached);

  /// A node is gone, without a word. Its links end, and what is under way on
  /// them is lost. Its peers hear of that when the wire lets them. What it sent
  /// over links that it closed before still arrives.
  void detach(std::size_t node);

  // -- wires ------------------------------------------------------------------

  void cut(std::size_t a, std::size_t b);
  void heal(std::size_t a, std::size_t b);
  void delay(std::size_t a, std::size_t b, network_time by);

  // -- what a node does with its links ----------------------------------------

  void dial(std::size_t from, const std::string& host,
            peer_links::connected done);
  void close(std::size_t node, link_id link);

  /// As a process that exits does: what it sent over its links still arrives.
  void close_all(std::size_t node);
  void send(std::size_t from, link_id link, std::string bytes);

  // -- time -------------------------------------------------------------------

  /// When something happens next by itself.
  [[nodiscard]] std::optional<network_time> next() const;

  /// Sets the time and lets what is due happen. @returns whether anything was.
  bool advance_to(network_time now);

private:
  /// What one of the two nodes of a link has of it.
  struct link_end {
    std::size_t peer = 0;
    caf::strong_actor_ptr proxy; ///< Stands for the receiver of the peer.
    std::shared_ptr<link_traffic> traffic;
  };

  struct place {
    std::optional<attached_node> attached;
    std::uint32_t incarnations = 0;
    std::map<link_id, link_end> ends;
  };

  struct dial_record {
    std::size_t from = 0;
    std::size_t to = 0;
    peer_links::connected done;
    network_time deadline{};
  };

  [[nodiscard]] simulated_wire& wire(std::size_t from, std::size_t to);
  [[nodiscard]] caf::node_id id_of(std::size_t node) const;
  [[nodiscard]] std::optional<link_id> link_between(std::size_t node,
                                                    std::size_t peer) const;
  [[nodiscard]] bool keeps_own_dial(std::size_t node, std::size_t peer) const;
  void answer_dial(std::uint64_t number, link_error code,
                   const std::string& reason);
  void end_dial(std::uint64_t number, link_error code,
                const std::string& reason);
  void reset(std::size_t node, std::size_t peer, std::uint64_t last);
  void dial_arrives(std::uint64_t number);
  void answer_arrives(std::uint64_t number, link_id link);
  void frame_arrives(std::size_t node, link_id link, const std::string& bytes);
  void send_end(std::size_t from, std::size_t to, link_id link);
  caf::actor open_end(std::size_t node, std::size_t peer, link_id link,
                      link_side side);
  void close_end(std::size_t node, link_id link, const std::string& reason);
  bool end_late_dials();

  std::vector<place> places_;
  std::vector<simulated_wire> wires_; ///< That of (from, to) at a fixed place.
  std::map<std::uint64_t, dial_record> dials_; ///< Not answered.
  std::uint64_t last_number_ = 0;              ///< Of a dial or a link.
  network_time now_{};
};

} // namespace rollcall::testing
