#include "app/node/settings_builders.hpp"
#include "app/node/settings_entries.hpp"

#include <cstdint>
#include <string>

namespace rollcall::node {

using namespace settings_builders;

std::vector<setting> unsent_entries() {
  return {
      number({"rollcall.gateway.unsent-bytes-max", "bytes",
              "What may wait for all clients that do not read; above it those "
              "with the most are closed (1008)."},
             {million + 48'576, 1024 * 1024 * million},
             ROLLCALL_FIELD(gateway.unsent_bytes_max)),
      number({"rollcall.gateway.write-timeout-ms", "ms",
              "How long a client may read nothing of what waits for it; then "
              "it is dropped."},
             {100, day_ms}, ROLLCALL_FIELD(gateway.write_timeout)),
  };
}

std::vector<setting> client_rate_entries() {
  return {
      number({"rollcall.gateway.client-messages-per-second-max", "messages/s",
              "Messages of one connection in the long run, ten times as many "
              "at once; above it error replies. 0: no limit."},
             {0, million},
             ROLLCALL_FIELD(gateway.client_messages_per_second_max)),
      number({"rollcall.gateway.client-joins-per-second-max", "joins/s",
              "The same for joins."},
             {0, million}, ROLLCALL_FIELD(gateway.client_joins_per_second_max)),
      number({"rollcall.gateway.client-presence-calls-per-second-max",
              "calls/s",
              "The same for events whose name begins with presence:."},
             {0, million},
             ROLLCALL_FIELD(gateway.client_presence_calls_per_second_max)),
      number({"rollcall.gateway.user-messages-per-second-max", "messages/s",
              "Messages of all connections of one user (sub or user_id)."},
             {0, million},
             ROLLCALL_FIELD(gateway.user_messages_per_second_max)),
      number({"rollcall.gateway.user-joins-per-second-max", "joins/s",
              "The same for joins."},
             {0, million}, ROLLCALL_FIELD(gateway.user_joins_per_second_max)),
      number({"rollcall.gateway.user-presence-calls-per-second-max", "calls/s",
              "The same for events whose name begins with presence:."},
             {0, million},
             ROLLCALL_FIELD(gateway.user_presence_calls_per_second_max)),
  };
}

std::vector<setting> address_entries() {
  return {
      number({"rollcall.gateway.address-connects-per-second-max", "connects/s",
              "Connections that one IP address (of IPv6: 64 bits) may open, "
              "ten times as many at once; above it 429. 0: no limit."},
             {0, million},
             ROLLCALL_FIELD(gateway.address_connects_per_second_max)),
      number({"rollcall.gateway.address-connections-max", "connections",
              "Connections of one IP address at a time; above it 429. 0: no "
              "limit."},
             {0, 10 * million},
             ROLLCALL_FIELD(gateway.address_connections_max)),
      list({"rollcall.gateway.address-limits-exempt", "",
            "Networks of proxies and tools, which the two limits above are not "
            "for."},
           1000, ROLLCALL_FIELD(gateway.address_limits_exempt), 0),
  };
}

} // namespace rollcall::node
