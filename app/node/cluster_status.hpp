#pragma once

#include "app/node/metrics_text.hpp"
#include <rollcall/cluster.hpp>

#include <string>

namespace rollcall::node {

/// Body of `/api/cluster`: this node and how it stands with each peer.
/// `problem`: why it is not ready; empty if it is.
[[nodiscard]] std::string cluster_json(const std::string& node_name,
                                       const std::string& problem,
                                       const std::vector<peer_status>& peers);

/// Counters and gauges of the cluster.
void append_cluster(metrics_text& out, const cluster_stats& stats,
                    const std::vector<peer_status>& peers);

} // namespace rollcall::node
