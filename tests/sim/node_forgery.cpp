#include "tests/sim/node_forgery.hpp"

#include "crdt/wire/wire_io.hpp"

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

std::string shortened(test::random_source& random, std::string bytes) {
  bytes.resize(1 + random.below(bytes.size() - 1));
  return bytes;
}

/// A packet that could be one, but for its end.
std::string cut_short(test::random_source& random) {
  std::string bytes;
  wire::encode(wire::event{"topic0", "event", "{\"v\":1}", false}, bytes);
  return shortened(random, std::move(bytes));
}

/// With something of all that a heartbeat may hold.
wire::heartbeat full_heartbeat(crdt::replica_tag about) {
  wire::heartbeat result;
  result.membership.counter = far_future;
  result.membership.others = {{{"x", 3}, 4, true, "host:1", {}}};
  result.membership.departed = {{"y", 5}};
  result.membership.missing = {"x"};
  result.membership.relays = {"x"};
  result.shards = {{true, {{about, {3, 4}, true, false}}}, {}};
  return result;
}

/// Bytes that look like a packet up to a place, and mean nothing from there on.
std::string scribbled(test::random_source& random, std::string bytes) {
  for (auto count = random.between(1, 4); count > 0; --count) {
    const auto at = random.below(bytes.size());
    switch (random.below(4)) {
    case 0:
      bytes.resize(1 + at);
      break;
    case 1:
      bytes.insert(at, garbage(random));
      break;
    case 2:
      bytes.erase(at, random.below(4));
      if (bytes.empty())
        return "?";
      break;
    default:
      bytes[at] = static_cast<char>(random.below(256));
    }
  }
  return bytes;
}

/// An interval with all that one may have, of a replica that nobody knows.
crdt::interval interval_of_nobody(test::random_source& random) {
  crdt::interval result;
  result.replica = {random.between(1, ~std::uint64_t{0} - 1)};
  result.from = 100;
  result.to = 140;
  result.as_of = 150;
  result.since = random.between(50, 150);
  result.has_survivors = random.chance(0.5);
  if (result.has_survivors)
    result.survivors = {{3, 5}, {8, 8}, {20, 99}};
  else
    result.removed = {7, 9, 4};
  for (std::uint64_t seq = 101; seq <= 140; seq += random.between(1, 9)) {
    static const std::string topics[] = {"topic0", "topic1"};
    static const std::string bad_topics[] = {"", std::string(256, 't')};
    const auto key = "key" + std::to_string(random.below(3));
    const auto meta = std::string(random.below(3) * 600, 'm') + key;
    result.live.push_back(
        {random.chance(0.01) ? bad_topics[random.below(2)]
                             : topics[random.below(2)],
         crdt::stored_entry::make(
             random.chance(0.01) ? std::string(256, 'k') : key,
             random.chance(0.01) ? std::string(65'537, 'm') : meta,
             random.below(3), {result.replica, seq},
             random.chance(0.3) ? seq - 50 : 0)});
  }
  return result;
}

/// A few bytes that would become many metas, each with all of the one before.
std::string inflated_interval(test::random_source& random) {
  auto interval = interval_of_nobody(random);
  interval.live.clear();
  interval.survivors.clear();
  interval.removed.clear();
  interval.to = interval.as_of = 10'000;
  std::string bytes;
  wire::encode(interval, bytes);
  wire::writer to{bytes};
  to.section(2, [&] { // The presences, see presence_wire.cpp.
    to.byte(1);       // The next seq, in a new topic.
    to.number(0);
    to.text("topic0");
    to.number(0);
    to.text("key");
    to.text(std::string(4'000, 'm'));
    for (int i = 0; i < 60; ++i) {
      to.byte(1 | 2 | 4 | 64); // All like the one before, but one byte more.
      to.text("key");
      to.number(4'000);
      to.number(0);
      to.text("m");
    }
  });
  to.finish();
  return bytes;
}

std::string forged_interval(test::random_source& random) {
  std::string bytes;
  wire::begin_shard_packet(static_cast<std::uint16_t>(random.below(2)), bytes);
  const auto header = bytes.size();
  if (random.chance(0.02))
    return bytes + inflated_interval(random);
  wire::encode(interval_of_nobody(random), bytes);
  if (random.chance(0.1))
    return bytes;
  return bytes.substr(0, header) + scribbled(random, bytes.substr(header));
}

template <class Packet>
std::string encoded(const Packet& packet) {
  std::string bytes;
  wire::encode(packet, bytes);
  return bytes;
}

/// No heartbeat: a good one would be what the connection's own node says.
std::string cut_heartbeat(test::random_source& random,
                          crdt::replica_tag about) {
  auto result = shortened(random, encoded(full_heartbeat(about)));
  while (wire::decode_heartbeat(result))
    result.pop_back();
  return result;
}

/// One of each kind, by or about nobody, with some bytes wrong.
std::string forged_packet(test::random_source& random) {
  const crdt::replica_tag nobody{random.between(1, ~std::uint64_t{0} - 1)};
  switch (random.below(7)) {
  case 0:
    return cut_heartbeat(random, nobody);
  case 1:
    return scribbled(random, encoded(hello_of("other", "stranger")));
  case 2:
    return scribbled(random, encoded(wire::leaving{{"stranger", 1}}));
  case 3:
    return scribbled(random, encoded(wire::request{0, nobody, {1, 2}}));
  case 4:
    return scribbled(random,
                     encoded(wire::event{"topic0", "event", "no JSON", false}));
  case 5:
    return scribbled(random, encoded(wire::tell{"topic0", "", "message"}));
  default:
    return scribbled(random, encoded(wire::refusal{"no"}));
  }
}

/// Words that a node could say to one that it has not met, or to none.
wire::hello odd_hello(test::random_source& random, const std::string& self) {
  auto result = hello_of("sim", self);
  switch (random.below(5)) {
  case 0:
    result.node.name = "\xf3";
    break;
  case 1:
    result.node.name.clear();
    break;
  case 2:
    result.node.name.assign(1'000, 'n');
    break;
  case 3:
    result.protocol = wire::protocol_version + 1;
    break;
  default:
    result.cluster = "other";
  }
  return result;
}

} // namespace

void forge_any(node_cluster& all, test::random_source& random, std::size_t from,
               std::size_t to) {
  const auto self = "n" + std::to_string(from);
  switch (random.below(15)) {
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
    return all.forge(from, to, odd_hello(random, self));
  case 6: // closes it at once
    return all.forge(from, to, wire::refusal{"I do not like \x1b[31m you"});
  case 7:
    return all.forge(from, to,
                     wire::event{"topic0", "event", "no JSON", false});
  case 8:
    return all.forge(from, to, wire::tell{"", "key0", "message"});
  case 9:
  case 10:
    return all.network.forge(from, to, forged_packet(random));
  case 11:
  case 12:
  case 13:
    return all.network.forge(from, to, forged_interval(random));
  default:
    return all.forge(from, to, wire::request{200, {}, {}});
  }
}

} // namespace rollcall::sim
