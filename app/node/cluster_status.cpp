#include "app/node/cluster_status.hpp"

#include <rollcall/presence_json.hpp>

#include <fmt/format.h>

namespace rollcall::node {

namespace {

void append_peer(std::string& out, const peer_status& peer) {
  out += "{\"name\":";
  append_json_string(out, peer.name);
  out += ",\"address\":";
  append_json_string(out, peer.address);
  out += fmt::format(
      ",\"state\":\"{}\",\"direct\":{},\"connected\":{},\"incarnation\":{},"
      "\"silence_ms\":{},\"behind\":{},\"lag_ms\":{},\"unacknowledged_bytes\":{"
      "},\"round_trip_us\":{},\"bytes_in\":{},\"bytes_out\":{}}}",
      peer.is_up ? "up" : "down", peer.is_direct, peer.has_line,
      peer.incarnation, peer.silence.count(), peer.behind, peer.lag.count(),
      peer.unacknowledged_bytes, peer.round_trip.count(), peer.bytes_in,
      peer.bytes_out);
}

} // namespace

std::string cluster_json(const std::string& node_name,
                         const std::string& problem,
                         const std::vector<peer_status>& peers) {
  std::string out = "{\"node\":";
  append_json_string(out, node_name);
  out += fmt::format(",\"ready\":{}", problem.empty());
  if (!problem.empty()) {
    out += ",\"problem\":";
    append_json_string(out, problem);
  }
  out += ",\"peers\":[";
  for (std::size_t i = 0; i < peers.size(); ++i) {
    if (i != 0)
      out += ',';
    append_peer(out, peers[i]);
  }
  out += "]}\n";
  return out;
}

void append_cluster(metrics_text& out, const cluster_stats& stats,
                    const std::vector<peer_status>& peers) {
  out.counter("rollcall_cluster_heartbeats_sent_total",
              "Heartbeats sent to peers.", stats.heartbeats_sent);
  out.counter("rollcall_cluster_heartbeats_received_total",
              "Heartbeats received from peers.", stats.heartbeats_received);
  out.counter("rollcall_cluster_refusals_total",
              "Nodes refused, or refusals of this node: another cluster, "
              "version, shard count, or a name twice.",
              stats.refused);
  out.counter("rollcall_cluster_bad_packets_total",
              "Packets of peers that could not be read.", stats.bad_packets);
  out.counter("rollcall_cluster_tells_refused_total",
              "Messages of peers whose type or size is not allowed here.",
              stats.tells_refused);
  out.counter("rollcall_cluster_events_dropped_total",
              "Own broadcasts too large to go to other nodes.",
              stats.events_dropped);
  out.counter("rollcall_cluster_ups_total",
              "Times that a node came, or came back.", stats.ups);
  out.counter("rollcall_cluster_downs_total", "Times that a node fell silent.",
              stats.downs);
  out.counter("rollcall_cluster_links_total",
              "Links to peers that were opened.", stats.links_opened);
  out.counter("rollcall_cluster_links_rejected_total",
              "Connections that did not become links.", stats.links_rejected);
  const auto each
      = [&](std::string_view name, std::string_view help, auto value_of) {
          out.gauges(name, help);
          for (const auto& peer : peers)
            out.labelled(name, "peer", peer.name, value_of(peer));
        };
  const auto seconds
      = [](std::chrono::duration<double> span) { return span.count(); };
  each("rollcall_cluster_peer_up", "1 for a peer that is up.",
       [](const auto& peer) { return peer.is_up; });
  each("rollcall_cluster_peer_behind",
       "Own writes that the peer has not acknowledged.",
       [](const auto& peer) { return peer.behind; });
  each("rollcall_cluster_peer_lag_seconds",
       "Age of the oldest own write that the peer has not acknowledged.",
       [&](const auto& peer) { return seconds(peer.lag); });
  each("rollcall_cluster_peer_round_trip_seconds",
       "Time from the last heartbeat to its acknowledgement.",
       [&](const auto& peer) { return seconds(peer.round_trip); });
}

} // namespace rollcall::node
