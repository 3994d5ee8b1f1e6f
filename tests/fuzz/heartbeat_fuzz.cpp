// Feeds heartbeats to their decoder, and those that it takes to a node's view
// of who is there and to a shard of it.
#include "crdt/presence_set.hpp"
#include "crdt/replication/membership.hpp"
#include "crdt/replication/shard_sync.hpp"
#include "crdt/wire/cluster_wire.hpp"
#include "tests/fuzz/require.hpp"

#include <chrono>
#include <string>

using namespace rollcall;
using namespace std::chrono_literals;
using fuzz::require;

namespace {

void check_written(const wire::heartbeat& heartbeat) {
  std::string bytes;
  wire::encode(heartbeat, bytes);
  const auto again = wire::decode_heartbeat(bytes);
  require(again.has_value());
  std::string twice;
  wire::encode(*again, twice);
  require(bytes == twice);
}

/// Time goes on by more than every timeout, so that who came also goes.
void live_through(const wire::heartbeat& heartbeat) {
  crdt::membership members{{"me", 1}, "127.0.0.1:1", {}};
  crdt::presence_set set{{"me", 1, 0, 0}};
  crdt::shard_sync sync{set, {}};
  crdt::sync_effects effects;
  const auto follow = [&](const std::vector<crdt::node_event>& events) {
    for (const auto& each : events) {
      if (each.kind == crdt::node_event_kind::up)
        sync.node_up(each.who, effects);
      else if (each.kind == crdt::node_event_kind::down)
        sync.node_down(each.who, effects);
      else if (each.kind == crdt::node_event_kind::gone)
        sync.node_gone(each.who, effects);
    }
  };
  follow(members.tick(1s));
  follow(members.receive(heartbeat.membership, 1s));
  sync.connected(heartbeat.membership.sender.name);
  for (const auto& report : heartbeat.shards)
    sync.heard(heartbeat.membership.sender.name, report, 1s, effects);
  const auto answer = members.heartbeat_for("another", 1s);
  require(answer.others.size() <= heartbeat.membership.others.size() + 1);
  static_cast<void>(
      members.heartbeat_for(heartbeat.membership.sender.name, 1s));
  require(members.relayed_to(heartbeat.membership.sender.name).size()
          <= heartbeat.membership.others.size() + 1);
  for (auto now = 1200ms; now < 700s; now += 100s)
    follow(members.tick(now));
  follow(members.tick(2000s));
  follow(members.tick(4000s));
  require(set.size() == 0);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  auto heartbeat = wire::decode_heartbeat(fuzz::as_text(data, size));
  if (!heartbeat)
    return 0;
  check_written(*heartbeat);
  heartbeat->membership.sender = {"peer", 1}; // as its hello said
  live_through(*heartbeat);
  return 0;
}
