#include "tests/sim/node_forgery.hpp"

#include <string>
#include <utility>

namespace rollcall::sim {

namespace {

constexpr std::uint64_t far_future = 1ull << 40;

std::string garbage(test::random_source& random) {
  std::string result(random.below(64), '\0');
  for (auto& byte : result)
    byte = static_cast<char>(random.below(256));
  return result;
}

/// Tells of nodes that cannot bear their names, in one way or another.
wire::heartbeat heartbeat_with_a_bad_name(test::random_source& random) {
  wire::heartbeat result;
  result.membership.counter = far_future;
  switch (random.below(4)) {
  case 0:
    result.membership.others.push_back({{"\xf3", 1}, 1, true, {}, {}});
    break;
  case 1:
    result.membership.departed.push_back({"", 1});
    break;
  case 2:
    result.membership.missing = {"\xf3"};
    break;
  default:
    result.membership.relays = {"n0", "\xf3"};
  }
  return result;
}

/// Tells of a shard that no node here has.
wire::heartbeat heartbeat_of_too_many_shards() {
  wire::heartbeat result;
  result.membership.counter = far_future;
  result.shards.resize(200);
  result.shards.back().is_whole = true;
  return result;
}

wire::hello hello_of(const std::string& cluster, const std::string& name) {
  return {wire::protocol_version, cluster, {name, 1}, 2, {}};
}

/// A packet that could be one, but for its end.
std::string cut_short(test::random_source& random) {
  std::string bytes;
  wire::encode(wire::event{"topic0", "event", "{\"v\":1}", false}, bytes);
  bytes.resize(1 + random.below(bytes.size() - 1));
  return bytes;
}

} // namespace

void forge_any(node_cluster& all, test::random_source& random, std::size_t from,
               std::size_t to) {
  switch (random.below(10)) {
  case 0:
    return all.network.forge(from, to, garbage(random));
  case 1:
    return all.network.forge(from, to, cut_short(random));
  case 2:
    return all.forge(from, to, heartbeat_of_too_many_shards());
  case 3:
    return all.forge(from, to, heartbeat_with_a_bad_name(random));
  case 4:
    return all.forge(from, to, wire::leaving{{"n0?", far_future}});
  case 5: // closes the connection, after a while
    return all.forge(from, to,
                     random.chance(0.5) ? hello_of("other", "stranger")
                                        : hello_of("sim", "\xf3"));
  case 6: // closes it at once
    return all.forge(from, to, wire::refusal{"I do not like \x1b[31m you"});
  case 7:
    return all.forge(from, to,
                     wire::event{"topic0", "event", "no JSON", false});
  case 8:
    return all.forge(from, to, wire::tell{"", "key0", "message"});
  default:
    return all.forge(from, to, wire::request{200, {}, {}});
  }
}

} // namespace rollcall::sim
