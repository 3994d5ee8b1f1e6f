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
  auto what = interval_of_nobody(random);
  what.live.clear();
  what.survivors.clear();
  what.removed.clear();
  what.to = what.as_of = 10'000;
  std::string bytes;
  wire::encode(what, bytes);
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

/// One of each kind, by or about nobody, with some bytes wrong.
std::string forged_packet(test::random_source& random) {
  const crdt::replica_tag nobody{random.between(1, ~std::uint64_t{0} - 1)};
  auto heartbeat = heartbeat_of("stranger");
  heartbeat.membership.others = {{{"x", 3}, 4, true, "host:1"}};
  heartbeat.membership.departed = {{"y", 5}};
  heartbeat.held = {77};
  heartbeat.shards = {{{nobody, {3, 4}, true}, {nobody, {5, 5}}}, {}};
  switch (random.below(7)) {
  case 0:
    return scribbled(random, encoded(heartbeat));
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

/// A true heartbeat, but for the address, and for when its sender heard `to`.
/// The next one mends it.
wire::beat misplaced_heartbeat(node_cluster& all, test::random_source& random,
                               std::size_t from, std::size_t to) {
  const auto now = all.process(from).members().beat(all.time.now());
  wire::beat result;
  result.membership.sender = now.sender;
  result.membership.counter = now.counter;
  if (!now.address.empty()) // else there is nothing that would mend it
    result.membership.address = random.pick(
        std::vector<std::string>{"", "nowhere", ":1", "a:b:1", "[]:1", "[a:1",
                                 "h:", "h:x", "h:1x", "h:99999", "h:-1"});
  if (!all.is_running(to))
    return result;
  const auto theirs = all.process(to).members().beat(all.time.now());
  result.membership.others = {{theirs.sender, theirs.counter, true, {}}};
  if (random.chance(0.5))
    result.held = {~std::uint64_t{0}};
  return result;
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
    result.protocol = 2;
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
  switch (random.below(16)) {
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
    return all.forge(from, to, odd_hello(random, self));
  case 6: // closes it at once
    return all.forge(from, to, wire::refusal{"I do not like \x1b[31m you"});
  case 7:
    return all.forge(from, to,
                     wire::event{"topic0", "event", "no JSON", false});
  case 8:
    return all.forge(from, to, wire::tell{"", "key0", "message"});
  case 9:
    if (all.is_running(from) && !all.is_disguised(from))
      all.forge(from, to, misplaced_heartbeat(all, random, from, to));
    return;
  case 10:
  case 11:
    return all.network.forge(from, to, forged_packet(random));
  case 12:
  case 13:
  case 14:
    return all.network.forge(from, to, forged_interval(random));
  default:
    return all.forge(from, to, wire::request{200, {}, {}});
  }
}

} // namespace rollcall::sim
