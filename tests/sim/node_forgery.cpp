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

/// In the name of a node that is not there, and more of the like.
wire::beat heartbeat_of(const std::string& name) {
  wire::beat result;
  result.membership.sender = {name, far_future};
  result.membership.counter = far_future;
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
  const auto self = "n" + std::to_string(from);
  switch (random.below(10)) {
  case 0:
    return all.network.forge(from, to, garbage(random));
  case 1:
    return all.network.forge(from, to, cut_short(random));
  case 2:
    return all.forge(from, to, heartbeat_of("stranger"));
  case 3: {
    auto heartbeat = heartbeat_of(self);
    heartbeat.membership.others.push_back({{"\xf3", 1}, 1, true, {}});
    heartbeat.held.push_back(0);
    return all.forge(from, to, heartbeat);
  }
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
