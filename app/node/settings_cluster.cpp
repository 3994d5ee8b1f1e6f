#include "app/node/settings_builders.hpp"
#include "app/node/settings_entries.hpp"

namespace rollcall::node {

using namespace settings_builders;

std::vector<setting> cluster_entries() {
  return {
      text({"rollcall.cluster.name", "",
            "Name of the cluster; nodes of another are refused."},
           1, 255, ROLLCALL_FIELD(cluster.net.cluster_name)),
      optional_text(
          {"rollcall.cluster.listen", "",
           "host:port where peers connect to; empty: only this node connects."},
          0, 255, ROLLCALL_FIELD(cluster.net.listen)),
      optional_text(
          {"rollcall.cluster.advertise", "",
           "host:port that peers are told, if it is not the one listened on."},
          0, 255, ROLLCALL_FIELD(cluster.net.advertise)),
      list({"rollcall.cluster.peers", "",
            "Some nodes of the cluster, host:port each; one that is reached "
            "tells of the others."},
           1000, ROLLCALL_FIELD(cluster.net.peers), 0),
      file({"rollcall.cluster.certificate-file", "",
            "This node's certificate (PEM); with it only nodes with a "
            "certificate of the authority get in."},
           ROLLCALL_FIELD(cluster.net.certificate_file)),
      file({"rollcall.cluster.key-file", "", "Key of the certificate (PEM)."},
           ROLLCALL_FIELD(cluster.net.key_file)),
      file({"rollcall.cluster.authority-file", "",
            "Certificate of the authority that signed all nodes (PEM)."},
           ROLLCALL_FIELD(cluster.net.authority_file)),
      flag({"rollcall.cluster.check-host-name", "",
            "A peer's certificate must also bear the host name that is "
            "connected to."},
           ROLLCALL_FIELD(cluster.net.check_host_name)),
      flag({"rollcall.cluster.check-node-name", "",
            "A certificate must bear the name of its node, as URI "
            "rollcall:NAME or as DNS name."},
           ROLLCALL_FIELD(cluster.net.check_node_name)),
      flag({"rollcall.cluster.allow-plaintext", "",
            "Without certificates, leave loopback all the same."},
           ROLLCALL_FIELD(cluster.net.allow_plaintext)),
      flag({"rollcall.cluster.leave-at-once", "",
            "At its end the node tells its peers to forget it; else they wait "
            "for down-after-ms."},
           ROLLCALL_FIELD(cluster.leave_at_once)),
  };
}

std::vector<setting> cluster_time_entries() {
  return {
      number({"rollcall.cluster.heartbeat-ms", "ms", "Between two heartbeats."},
             {20, 10'000}, ROLLCALL_FIELD(cluster.net.heartbeat_interval)),
      number({"rollcall.cluster.down-after-ms", "ms",
              "Silence after which a node's presences leave; at least four "
              "heartbeats."},
             {80, 3'600'000}, ROLLCALL_FIELD(cluster.net.down_after)),
      number({"rollcall.cluster.forget-after-ms", "ms",
              "Silence after which all of a node is forgotten."},
             {100, 86'400'000}, ROLLCALL_FIELD(cluster.net.forget_after)),
      number({"rollcall.cluster.retry-min-ms", "ms",
              "Before the second attempt to reach an address; the wait doubles "
              "each time, with jitter."},
             {10, 60'000}, ROLLCALL_FIELD(cluster.net.retry_min)),
      number({"rollcall.cluster.retry-max-ms", "ms", "The longest such wait."},
             {10, 3'600'000}, ROLLCALL_FIELD(cluster.net.retry_max)),
  };
}

std::vector<setting> replication_entries() {
  return {
      number({"rollcall.replication.broadcast-period-ms", "ms",
              "Under load a change is with the peers within this time; after a "
              "pause the first one goes at once."},
             {1, 10'000}, ROLLCALL_FIELD(runtime.replication.broadcast_period)),
      number({"rollcall.replication.chunk-bytes", "bytes",
              "Presences of one packet between nodes, about."},
             {1024, 4 << 20}, ROLLCALL_FIELD(runtime.replication.chunk_bytes)),
      number({"rollcall.replication.window-bytes", "bytes",
              "What a peer may owe an acknowledgement for, a shard; above it "
              "the peer gets nothing more."},
             {65'536, 1 << 30},
             ROLLCALL_FIELD(runtime.replication.window_bytes)),
      number({"rollcall.replication.resend-after-ms", "ms",
              "Without an acknowledgement for so long, what is missing is sent "
              "again."},
             {100, 60'000}, ROLLCALL_FIELD(runtime.replication.resend_after)),
  };
}

} // namespace rollcall::node
