#include "crdt/wire/cluster_wire.hpp"
#include "crdt/wire/wire_io.hpp"
#include "crdt/wire/wire_parts.hpp"
#include "rollcall/limits.hpp"

#include <algorithm>
#include <utility>

/// The bytes of a heartbeat: numbers, and a section for whatever changed.
namespace rollcall::wire {

namespace {

/// Sections of a heartbeat. Any may be missing: nothing changed there.
constexpr std::uint8_t shards_section = 2;
constexpr std::uint8_t others_section = 3;
constexpr std::uint8_t departed_section = 4;
constexpr std::uint8_t missing_section = 5;
constexpr std::uint8_t relays_section = 6;
constexpr std::uint8_t address_section = 7;

/// An hour, in microseconds: what is older is told as that.
constexpr std::uint64_t duration_max = 3'600'000'000;

/// Bits of a replica's byte in a report.
constexpr std::uint8_t is_awaited_bit = 1;
constexpr std::uint8_t is_dropped_bit = 2;

// -- the parts of a heartbeat -------------------------------------------------

void write_duration(writer& to, crdt::tick_time time) {
  to.number(std::min(static_cast<std::uint64_t>(time.count()), duration_max));
}

crdt::tick_time read_duration(reader& from) {
  const auto time = from.number();
  if (time > duration_max)
    from.fail();
  return crdt::tick_time{time};
}

void write_order(writer& to, const crdt::heartbeat& heartbeat) {
  const auto& order = heartbeat.order;
  to.number(heartbeat.counter);
  to.number(order.sequence);
  to.number(order.since);
  to.number(order.echo);
  to.byte(order.has_gap ? 1 : 0);
  write_duration(to, order.held);
}

void read_order(reader& from, crdt::heartbeat& out) {
  out.counter = from.number();
  out.order.sequence = from.number();
  out.order.since = from.number();
  out.order.echo = from.number();
  out.order.has_gap = from.byte() != 0;
  out.order.held = read_duration(from);
}

void write_others(writer& to, const crdt::heartbeat& heartbeat) {
  to.number(heartbeat.others.size());
  for (const auto& other : heartbeat.others) {
    write_incarnation(to, other.who);
    to.number(other.counter);
    to.byte(other.is_direct ? 1 : 0);
    to.text(other.address);
    write_duration(to, other.age);
  }
}

void read_others(reader& from, crdt::heartbeat& out) {
  read_many(from, [&] {
    crdt::liveness_report report;
    report.who = read_incarnation(from);
    report.counter = from.number();
    report.is_direct = from.byte() != 0;
    report.address = from.text();
    report.age = read_duration(from);
    out.others.push_back(std::move(report));
  });
}

void write_departed(writer& to, const crdt::heartbeat& heartbeat) {
  to.number(heartbeat.departed.size());
  for (const auto& left : heartbeat.departed)
    write_incarnation(to, left);
}

void write_names(writer& to, const crdt::node_names& names) {
  to.number(names.size());
  for (const auto& name : names)
    to.text(name);
}

crdt::node_names read_names(reader& from) {
  crdt::node_names result;
  read_many(from, [&] { result.emplace(from.text()); });
  return result;
}

void write_report(writer& to, std::size_t shard,
                  const crdt::shard_report& report) {
  to.number(shard);
  to.byte(report.is_whole ? 1 : 0);
  to.number(report.replicas.size());
  for (const auto& each : report.replicas) {
    to.fixed(each.replica.value);
    to.byte(
        static_cast<std::uint8_t>((each.is_awaited ? is_awaited_bit : 0)
                                  | (each.is_dropped ? is_dropped_bit : 0)));
    write_progress(to, each.known);
  }
}

void read_report(reader& from, crdt::shard_report& out) {
  out.is_whole = from.byte() != 0;
  read_many(from, [&] {
    crdt::known_replica each;
    each.replica.value = from.fixed();
    const auto bits = from.byte();
    each.is_awaited = (bits & is_awaited_bit) != 0;
    each.is_dropped = (bits & is_dropped_bit) != 0;
    each.known = read_progress(from);
    out.replicas.push_back(each);
  });
}

/// Reports that say something, each behind its shard's index.
void write_shards(writer& to, const heartbeat& heartbeat) {
  for (std::size_t i = 0; i < heartbeat.shards.size(); ++i)
    if (!heartbeat.shards[i].is_empty())
      write_report(to, i, heartbeat.shards[i]);
}

void read_shards(reader& from, heartbeat& out) {
  while (from.left() > 0 && !from.is_bad()) {
    const auto shard = from.number();
    if (shard >= limits::shard_count_max) {
      from.fail();
      return;
    }
    if (out.shards.size() <= shard)
      out.shards.resize(shard + 1);
    out.shards[shard] = {};
    read_report(from, out.shards[shard]);
  }
}

/// Reads a section of a heartbeat, if it is one that this version knows.
void read_section(std::uint8_t tag, reader& from, heartbeat& out) {
  auto& members = out.membership;
  switch (tag) {
  case body_section:
    return read_order(from, members);
  case shards_section:
    return read_shards(from, out);
  case others_section:
    return read_others(from, members);
  case departed_section:
    return read_many(
        from, [&] { members.departed.push_back(read_incarnation(from)); });
  case missing_section:
    members.missing = read_names(from);
    return;
  case relays_section:
    members.relays = read_names(from);
    return;
  case address_section:
    members.address = from.text();
    return;
  default:
    return;
  }
}

} // namespace

void encode(const heartbeat& heartbeat, std::string& out) {
  const auto& members = heartbeat.membership;
  writer to{out};
  to.byte(format);
  to.byte(static_cast<std::uint8_t>(packet_kind::heartbeat));
  to.section(body_section, [&] { write_order(to, members); });
  if (!members.address.empty())
    to.section(address_section, [&] { to.text(members.address); });
  if (!members.others.empty())
    to.section(others_section, [&] { write_others(to, members); });
  if (!members.departed.empty())
    to.section(departed_section, [&] { write_departed(to, members); });
  if (members.missing)
    to.section(missing_section, [&] { write_names(to, *members.missing); });
  if (members.relays)
    to.section(relays_section, [&] { write_names(to, *members.relays); });
  if (std::any_of(heartbeat.shards.begin(), heartbeat.shards.end(),
                  [](const auto& each) { return !each.is_empty(); }))
    to.section(shards_section, [&] { write_shards(to, heartbeat); });
  to.finish();
}

std::optional<heartbeat> decode_heartbeat(std::string_view packet) {
  reader from{packet};
  if (from.byte() != format
      || from.byte() != static_cast<std::uint8_t>(packet_kind::heartbeat))
    return std::nullopt;
  heartbeat result;
  bool has_body = false;
  while (from.left() > 0) {
    const auto tag = from.byte();
    reader content{from.text()};
    has_body |= tag == body_section;
    if (!from.is_bad())
      read_section(tag, content, result);
    if (from.is_bad() || content.is_bad())
      return std::nullopt;
  }
  if (!has_body)
    return std::nullopt;
  return result;
}

} // namespace rollcall::wire
