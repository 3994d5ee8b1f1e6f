#include "app/node/settings_table.hpp"

#include "app/node/settings_builders.hpp"
#include "app/node/settings_entries.hpp"
#include <rollcall/limits.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace rollcall::node {

namespace {

using namespace settings_builders;

setting log_level_setting() {
  return {"rollcall.log.level",
          "",
          "\"debug\", \"info\", \"warning\" or \"error\"",
          "What is less severe is not logged; the log goes to standard error.",
          setting_kind::text,
          [](node_settings& all, const setting_value& value) {
            const auto* found = std::find(std::begin(log_level_names),
                                          std::end(log_level_names),
                                          std::get<std::string>(value));
            if (found == std::end(log_level_names))
              return false;
            all.level = static_cast<log_level>(found - log_level_names);
            return true;
          },
          [](const node_settings& all) {
            return setting_value{std::string{
                log_level_names[static_cast<std::size_t>(all.level)]}};
          }};
}

std::vector<setting> runtime_entries() {
  return {
      text({"rollcall.node-name", "",
            "Name of this node, unique in the cluster."},
           1, 255, ROLLCALL_FIELD(runtime.node_name)),
      number({"rollcall.shards", "shards",
              "Shard actors; the same on every node."},
             {1, limits::shard_count_max}, ROLLCALL_FIELD(runtime.shard_count)),
      number({"rollcall.diff-window-ms", "ms",
              "Changes of a topic within it become one diff; 0: every change "
              "by itself."},
             {0, 10'000}, ROLLCALL_FIELD(runtime.diff_window)),
      number({"rollcall.meta-bytes-max", "bytes",
              "Length of a meta; above it the join is refused."},
             {2, limits::meta_bytes_ceiling},
             ROLLCALL_FIELD(runtime.meta_bytes_max)),
      number({"rollcall.presences-per-topic-max", "presences",
              "Presences of one topic; above it the join is refused."},
             {1, 100 * million},
             ROLLCALL_FIELD(runtime.presences_per_topic_max)),
      number({"rollcall.subscribers-per-topic-max", "subscribers",
              "Subscribers of one topic that are actors on this node."},
             {1, 100 * million},
             ROLLCALL_FIELD(runtime.subscribers_per_topic_max)),
      number({"rollcall.follows-max", "keys",
              "Keys that one actor on this node may follow."},
             {1, 100 * million}, ROLLCALL_FIELD(runtime.follows_max)),
      number({"rollcall.last-seen-for-s", "s",
              "How long it is known when a user who is gone was last here; 0: "
              "never."},
             {0, 366 * 24 * 3600}, ROLLCALL_FIELD(runtime.last_seen_for)),
      number({"rollcall.last-seen-max", "users",
              "Of how many a node knows that; above it, who was here longest "
              "ago is forgotten. Nodes at the bound differ by those who were "
              "here about that time."},
             {1, 100 * million}, ROLLCALL_FIELD(runtime.last_seen_max)),
  };
}

std::vector<setting> restart_entries() {
  return {
      number(
          {"rollcall.restarts-max", "restarts",
           "Crashes of one shard within the restart window that are mended."},
          {1, 10'000}, ROLLCALL_FIELD(runtime.restarts_max)),
      number({"rollcall.restart-window-s", "s",
              "Time in which restarts are counted."},
             {1, 3600}, ROLLCALL_FIELD(runtime.restart_window)),
  };
}

std::vector<setting> listener_entries() {
  return {
      text({"rollcall.gateway.address", "",
            "IP address to listen on. Beyond loopback the page and /api need "
            "rollcall.admin.token."},
           2, 45, ROLLCALL_FIELD(gateway.address)),
      number({"rollcall.gateway.port", "port",
              "TCP port; 0: any free one, which is printed."},
             {0, 65'535}, ROLLCALL_FIELD(gateway.port)),
      text({"rollcall.gateway.path", "",
            "Mount of the socket; clients add /websocket."},
           1, 255, ROLLCALL_FIELD(gateway.path)),
      number({"rollcall.gateway.io-threads", "threads",
              "Threads that serve connections; 0: one for each processor."},
             {0, 64}, ROLLCALL_FIELD(gateway.io_threads)),
      list({"rollcall.gateway.origins", "",
            "Origins of browsers: \"*\" any, \"same-host\", or "
            "scheme://host:port in parts, //*.example.com too."},
           1000, ROLLCALL_FIELD(gateway.origins)),
      list({"rollcall.gateway.hosts", "",
            "Names by which browsers reach the node, for same-host, the page "
            "and /api; * any, *.example.com. localhost and IP addresses are "
            "always taken."},
           1000, ROLLCALL_FIELD(gateway.hosts), 0),
      file({"rollcall.gateway.tls-certificate-file", "",
            "Certificate chain (PEM); with it the node serves https and wss."},
           ROLLCALL_FIELD(gateway.tls_certificate_file)),
      file({"rollcall.gateway.tls-key-file", "",
            "Key of the certificate (PEM)."},
           ROLLCALL_FIELD(gateway.tls_key_file)),
  };
}

std::vector<setting> session_time_entries() {
  return {
      number({"rollcall.gateway.idle-timeout-ms", "ms",
              "Silence after which a client is closed; phoenix.js speaks every "
              "30 s."},
             {100, day_ms}, ROLLCALL_FIELD(gateway.idle_timeout)),
      number({"rollcall.gateway.handshake-timeout-ms", "ms",
              "Time for TLS and the request of a new connection."},
             {100, day_ms}, ROLLCALL_FIELD(gateway.handshake_timeout)),
      number({"rollcall.gateway.join-timeout-ms", "ms",
              "Time for a channel to answer a join."},
             {100, day_ms}, ROLLCALL_FIELD(gateway.join_timeout)),
      number({"rollcall.gateway.leave-timeout-ms", "ms",
              "How long a channel may outlive its client."},
             {10, day_ms}, ROLLCALL_FIELD(gateway.leave_timeout)),
      number({"rollcall.gateway.drain-ms", "ms",
              "Time over which clients are closed (1012) when the node is told "
              "to end."},
             {0, 3'600'000}, ROLLCALL_FIELD(drain)),
  };
}

std::vector<setting> session_limit_entries() {
  return {
      number({"rollcall.gateway.close-delay-ms", "ms",
              "How long a client stays that is closed for what it sent; so one "
              "that returns at once and does it again is seen to leave that "
              "seldom."},
             {0, 60'000}, ROLLCALL_FIELD(gateway.close_delay)),
      number({"rollcall.gateway.frame-bytes-max", "bytes",
              "Length of one message of a client; above it an error reply, "
              "above 16 times as much the connection is closed (1009)."},
             {1024, 16 * million}, ROLLCALL_FIELD(gateway.frame_bytes_max)),
      number({"rollcall.gateway.json-depth-max", "levels",
              "Nesting of a payload."},
             {4, 1000}, ROLLCALL_FIELD(gateway.json_depth_max)),
      number({"rollcall.gateway.outbox-bytes-max", "bytes",
              "What may wait for a client that does not read; above it the "
              "client is closed."},
             {65'536, 1024 * million},
             ROLLCALL_FIELD(gateway.outbox_bytes_max)),
      number({"rollcall.gateway.channels-per-session-max", "channels",
              "Topics that one connection may have joined."},
             {1, 10'000}, ROLLCALL_FIELD(gateway.channels_per_session_max)),
      number({"rollcall.gateway.sessions-max", "sessions",
              "Connections of this node; above it 503."},
             {1, 10 * million}, ROLLCALL_FIELD(gateway.sessions_max)),
      number({"rollcall.gateway.joins-per-second-max", "joins/s",
              "Joins of this node; above it an error reply, and the client "
              "tries again. 0: no limit."},
             {0, million}, ROLLCALL_FIELD(gateway.joins_per_second_max)),
  };
}

std::vector<setting> channel_entries() {
  return {
      list({"rollcall.channel.patterns", "",
            "Topics that may be joined: exact, or a prefix and *."},
           1000, ROLLCALL_FIELD(channel.patterns)),
      flag({"rollcall.channel.relay", "",
            "Events that the node does not know go to the other members of the "
            "topic."},
           ROLLCALL_FIELD(channel.relay)),
      number({"rollcall.channel.linger-ms", "ms",
              "How long a presence outlives a lost connection. Who comes back "
              "in time is one update for the others, with the former meta "
              "among the leaves."},
             {0, 3'600'000}, ROLLCALL_FIELD(channel.linger_ms)),
      number({"rollcall.channel.linger-ms-max", "ms",
              "The most that a client may ask for when it joins. A token may "
              "say another; linger-ms is allowed always."},
             {0, 3'600'000}, ROLLCALL_FIELD(channel.linger_ms_max)),
      number({"rollcall.channel.counts-interval-ms", "ms",
              "How often a client that watches counts is told what changed, at "
              "most."},
             {10, 3'600'000}, ROLLCALL_FIELD(channel.counts_interval)),
      number({"rollcall.channel.range-interval-ms", "ms",
              "How often a client that watches a range of a topic is told what "
              "changed in it, at most."},
             {10, 3'600'000}, ROLLCALL_FIELD(channel.range_interval)),
      number({"rollcall.channel.range-presences-max", "presences",
              "Length of a range that a client may watch; above it an error "
              "reply."},
             {1, limits::range_presences_max},
             ROLLCALL_FIELD(channel.range_presences_max)),
  };
}

std::vector<setting> auth_entries() {
  return {
      optional_text({"rollcall.auth.hs256-secret", "",
                     "Shared secret of tokens (JWT, HS256)."},
                    32, path_bytes_max, ROLLCALL_FIELD(auth.hs256_secret)),
      file({"rollcall.auth.hs256-secret-file", "",
            "The same, read from a file."},
           ROLLCALL_FIELD(auth.hs256_secret_file)),
      file({"rollcall.auth.rs256-public-key-file", "",
            "Public key of tokens (JWT, RS256), PEM."},
           ROLLCALL_FIELD(auth.rs256_public_key_file)),
      optional_text({"rollcall.auth.audience", "",
                     "What the claim aud must hold; empty: not checked."},
                    0, 255, ROLLCALL_FIELD(auth.audience)),
      optional_text({"rollcall.auth.issuer", "",
                     "What the claim iss must be; empty: not checked."},
                    0, 255, ROLLCALL_FIELD(auth.issuer)),
      number({"rollcall.auth.leeway-s", "s",
              "How far clocks may differ when exp and nbf are checked."},
             {0, 300}, ROLLCALL_FIELD(auth.leeway)),
  };
}

std::vector<setting> admin_entries() {
  return {
      optional_text({"rollcall.admin.token", "",
                     "What the page and /api ask for, once the node is not on "
                     "loopback or has auth."},
                    16, 1024, ROLLCALL_FIELD(admin.token)),
      file({"rollcall.admin.token-file", "", "The same, read from a file."},
           ROLLCALL_FIELD(admin.token_file)),
      log_level_setting(),
  };
}

std::vector<setting> make_table() {
  std::vector<setting> table;
  for (auto* part :
       {runtime_entries, session_entries, restart_entries, listener_entries,
        session_time_entries, session_limit_entries, unsent_entries,
        client_rate_entries, address_entries, channel_entries, auth_entries,
        admin_entries, cluster_entries, cluster_time_entries,
        replication_entries}) {
    auto all = part();
    std::move(all.begin(), all.end(), std::back_inserter(table));
  }
  return table;
}

} // namespace

const std::vector<setting>& settings_table() {
  static const auto table = make_table();
  return table;
}

const setting* find_setting(std::string_view key) {
  const auto& table = settings_table();
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](auto& x) { return x.key == key; });
  return found == table.end() ? nullptr : &*found;
}

std::string allowed_text(const setting& setting) {
  return setting.unit.empty()
             ? setting.allowed
             : fmt::format("{}, {}", setting.unit, setting.allowed);
}

} // namespace rollcall::node
