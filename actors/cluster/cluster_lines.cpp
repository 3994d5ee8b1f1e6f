#include "actors/cluster/cluster_actor.hpp"
#include "actors/request_check.hpp"
#include "rollcall/log.hpp"

#include <caf/send.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace rollcall {

namespace {

constexpr const char* component = cluster_state::name;

link_error code_of_link(const caf::error& what) {
  return what && what.category() == caf::atom("link")
             ? static_cast<link_error>(what.code())
             : link_error::none;
}

} // namespace

// -- links --------------------------------------------------------------------

void cluster_state::link_came(const link_up& what) {
  auto& line = lines_[what.peer];
  line.id = what.id;
  line.traffic = what.traffic;
  line.names = what.names;
  line.is_dialed = what.side == link_side::dialed;
  if (line.address.empty())
    line.address = what.address;
  line.since = now();
  ++stats_.links_opened;
}

void cluster_state::link_went(const link_down& what) {
  const auto found = lines_.find(what.peer);
  if (found == lines_.end() || !found->second.id
      || *found->second.id != what.id)
    return; // replaced by a newer one
  log(log_level::info, component,
      fmt::format("line to {} is gone: {}",
                  found->second.life ? found->second.life->name
                                     : found->second.address,
                  what.reason));
  drop_line(what.peer);
  dial_who_is_due(); // a lost line is a hint: ask at once
}

void cluster_state::drop_line(const caf::node_id& node) {
  const auto found = lines_.find(node);
  if (found == lines_.end())
    return;
  const auto life = found->second.life;
  lines_.erase(found);
  if (!life || line_of(life->name) != nullptr)
    return;
  membership_->lose_line(life->name);
  to_all_shards({crdt::peer_disconnected{life->name}});
}

/// A line that brings nothing is closed, also if its node is up through others:
/// it may be cut without a sign, and while it looks open nobody can dial anew.
/// What waits in it for a stopped peer goes with it.
void cluster_state::close_silent_lines() {
  const auto at = now();
  const auto pause = last_tick_ ? at - *last_tick_ : crdt::tick_time{};
  last_tick_ = at;
  if (pause > 2 * settings_.heartbeat_interval)
    for (auto& [peer, heard] : heard_at_)
      heard += pause; // this node was stopped: that says nothing of the others
  std::vector<caf::node_id> silent;
  for (const auto& [node, to] : lines_) {
    if (!to.life || !to.id)
      continue;
    const auto heard = heard_at_.find(to.life->name);
    const auto last = heard == heard_at_.end()
                          ? to.since
                          : std::max(heard->second, to.since);
    if (at - last > settings_.down_after)
      silent.push_back(node);
  }
  for (const auto& node : silent) {
    links_->close(*lines_.at(node).id);
    drop_line(node);
  }
}

void cluster_state::dial_came_back(dial_ended& what) {
  const auto at = self_->clock().now();
  if (what.result) {
    dialer_->done(what.address, true, false, at);
    auto& line = lines_[what.result->published.node()];
    line.id = what.result->id;
    line.port = what.result->published;
    line.address = what.address;
    if (line.life)
      readiness_.forgive(what.address);
    greet(line);
    return;
  }
  const auto code = code_of_link(what.result.error());
  if (code == link_error::myself)
    return dialer_->is_own(what.address);
  dialer_->done(what.address, false, code == link_error::duplicate, at);
  if (code == link_error::untrusted || code == link_error::full)
    readiness_.refused(what.address, caf::to_string(what.result.error()));
  else if (code != link_error::duplicate)
    readiness_.forgive(what.address); // nobody there, as far as one can tell
  if (code != link_error::duplicate)
    log(log_level::debug, component,
        fmt::format("cannot reach {}: {}", what.address,
                    caf::to_string(what.result.error())));
}

cluster_state::peer_line* cluster_state::line_of(const std::string& node_name) {
  for (auto& [node, line] : lines_)
    if (line.life && line.life->name == node_name)
      return &line;
  return nullptr;
}

template <class Packet>
void cluster_state::send_packet(const caf::actor& to,
                                const Packet& packet) const {
  wire_frame frame;
  wire::encode(packet, frame.bytes);
  caf::send_as(port_, to, std::move(frame));
}

template void cluster_state::send_packet(const caf::actor& to,
                                         const wire::leaving& packet) const;

// -- hello --------------------------------------------------------------------

void cluster_state::greet(peer_line& to) {
  if (std::exchange(to.was_greeted, true))
    return;
  send_packet(to.port,
              wire::hello{wire::protocol_version, settings_.cluster_name,
                          membership_->self(), node_->slots.size(), address_});
}

void cluster_state::take_hello(const frame_arrived& frame) {
  const auto hello = wire::decode_hello(frame.bytes);
  const auto node = frame.sender->node();
  if (!hello || !lines_.contains(node)) {
    ++stats_.bad_packets;
    return;
  }
  auto objection = objection_to(*hello);
  if (objection.empty())
    objection = objection_to_name(node, hello->node.name);
  if (!objection.empty())
    return refuse(frame, objection);
  auto& from = lines_[node];
  from.port = caf::actor_cast<caf::actor>(frame.sender);
  accept(from, *hello);
}

std::string cluster_state::objection_to(const wire::hello& hello) const {
  if (hello.protocol != wire::protocol_version)
    return fmt::format("protocol version {}; this node speaks {}",
                       hello.protocol, wire::protocol_version);
  if (hello.cluster != settings_.cluster_name)
    return fmt::format("cluster name '{}'; this is '{}'", hello.cluster,
                       settings_.cluster_name);
  if (hello.shard_count != node_->slots.size())
    return fmt::format("{} shards; this node has {}", hello.shard_count,
                       node_->slots.size());
  if (const auto problem = check_node_name(hello.node.name))
    return describe(problem);
  if (hello.node.name == membership_->self().name)
    return fmt::format("node name '{}' is taken by this node", hello.node.name);
  return {};
}

/// A name is that of a certificate, if there are any, and of one node at a
/// time: one that came back under it has lost its old line, or loses it when
/// nothing comes over it (`close_silent_lines`).
std::string
cluster_state::objection_to_name(const caf::node_id& node,
                                 const std::string& name_of_node) const {
  const auto& names = lines_.at(node).names;
  if (settings_.check_node_name && names && !may_be(*names, name_of_node))
    return fmt::format("it calls itself '{}', and its certificate is that of "
                       "{}",
                       name_of_node, describe(*names));
  if (const auto& life = lines_.at(node).life;
      life && life->name != name_of_node)
    return fmt::format("it calls itself '{}', and was '{}' before",
                       name_of_node, life->name);
  for (const auto& [other, line] : lines_)
    if (other != node && line.life && line.life->name == name_of_node)
      return fmt::format("node name '{}' is taken by a node that is up",
                         name_of_node);
  return {};
}

/// Says why on both sides. The other side closes; if it does not, this one
/// does soon.
void cluster_state::refuse(const frame_arrived& frame,
                           const std::string& reason) {
  ++stats_.refused;
  log(log_level::error, component, fmt::format("refused a node: {}", reason));
  const auto other = caf::actor_cast<caf::actor>(frame.sender);
  send_packet(other, wire::refusal{reason});
  const auto found = lines_.find(frame.sender->node());
  if (found == lines_.end() || !found->second.id)
    return;
  const auto id = *found->second.id;
  self_->delayed_send(self_, settings_.down_after, caf::close_atom_v, id.value);
}

void cluster_state::close_late(std::uint64_t id) {
  links_->close(link_id{id});
}

void cluster_state::take_refusal(const frame_arrived& frame) {
  const auto refusal = wire::decode_refusal(frame.bytes);
  const auto found = lines_.find(frame.sender->node());
  if (!refusal || found == lines_.end())
    return;
  ++stats_.refused;
  log(log_level::error, component,
      fmt::format("{} refused this node: {}", found->second.address,
                  refusal->reason));
  dialer_->done(found->second.address, false, true, self_->clock().now());
  if (found->second.is_dialed)
    readiness_.refused(found->second.address, refusal->reason);
  if (found->second.id)
    links_->close(*found->second.id);
}

void cluster_state::accept(peer_line& from, const wire::hello& hello) {
  if (from.life == hello.node)
    return;
  from.life = hello.node;
  from.since = now();
  if (from.is_dialed)
    readiness_.forgive(from.address);
  greet(from);
  log(log_level::info, component,
      fmt::format("line to node {} is there", hello.node.name));
  to_all_shards({crdt::peer_connected{hello.node.name}, {from.port, port_}});
  send_packet(from.port, make_beat());
}

} // namespace rollcall
