#include "crdt/wire/cluster_wire.hpp"

#include "crdt/wire/wire_io.hpp"
#include "rollcall/limits.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::wire {

namespace {

constexpr std::uint8_t body_section = 1; ///< Newer sections are skipped.
constexpr std::uint8_t shards_section = 2;
constexpr std::uint8_t awaited_section = 3; ///< May be missing.

/// Writes a packet of one section.
template <class Body>
void write_packet(std::string& out, packet_kind kind, Body body) {
  writer to{out};
  to.byte(format);
  to.byte(static_cast<std::uint8_t>(kind));
  to.section(body_section, [&] { body(to); });
  to.finish();
}

/// Finds a section of a packet of the right kind.
std::optional<std::string_view>
section_of(std::string_view packet, packet_kind kind, std::uint8_t wanted) {
  reader from{packet};
  if (from.byte() != format || from.byte() != static_cast<std::uint8_t>(kind))
    return std::nullopt;
  while (from.left() > 0 && !from.is_bad()) {
    const auto tag = from.byte();
    const auto content = from.text();
    if (tag == wanted && !from.is_bad())
      return content;
  }
  return std::nullopt;
}

/// Reads the body of a packet by `read(reader, value)`.
template <class Value, class Read>
std::optional<Value> read_packet(std::string_view packet, packet_kind kind,
                                 Read read) {
  const auto body = section_of(packet, kind, body_section);
  if (!body)
    return std::nullopt;
  reader from{*body};
  Value result;
  read(from, result);
  if (from.is_bad())
    return std::nullopt;
  return result;
}

void write_life(writer& to, const crdt::node_life& life) {
  to.text(life.name);
  to.number(life.incarnation);
}

crdt::node_life read_life(reader& from) {
  crdt::node_life result;
  result.name = from.text();
  result.incarnation = from.number();
  return result;
}

void write_known(writer& to, const crdt::known_replica& what) {
  to.fixed(what.replica.value);
  to.number(what.known.seen);
  to.number(what.known.as_of - what.known.seen);
}

crdt::known_replica read_known(reader& from) {
  crdt::known_replica result;
  result.replica.value = from.fixed();
  result.known.seen = from.number();
  const auto more = from.number();
  result.known.as_of = result.known.seen + more;
  if (result.known.as_of < more)
    from.fail();
  return result;
}

/// Calls `read` as often as the bytes say, at most once a byte that is left.
template <class Read>
void read_many(reader& from, Read read) {
  for (auto count = from.number(); count > 0 && !from.is_bad(); --count)
    read();
}

void write_liveness(writer& to, const beat& what) {
  const auto& all = what.membership.others;
  to.number(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    write_life(to, all[i].who);
    to.number(all[i].counter);
    to.byte(all[i].is_direct ? 1 : 0);
    to.text(all[i].address);
    to.number(i < what.held.size() ? what.held[i] : 0);
  }
}

void read_liveness(reader& from, beat& out) {
  read_many(from, [&] {
    crdt::liveness_report report;
    report.who = read_life(from);
    report.counter = from.number();
    report.is_direct = from.byte() != 0;
    report.address = from.text();
    out.membership.others.push_back(std::move(report));
    out.held.push_back(from.number());
  });
}

void read_shards(reader& from, beat& out) {
  read_many(from, [&] {
    // A shard may be told in one byte, and costs more here.
    if (out.shards.size() == limits::shard_count_max) {
      from.fail();
      return;
    }
    auto& shard = out.shards.emplace_back();
    read_many(from, [&] { shard.push_back(read_known(from)); });
  });
}

/// For each shard the places of those in its report that are awaited.
void write_awaited(writer& to, const beat& what) {
  for (const auto& shard : what.shards) {
    const auto count
        = std::count_if(shard.begin(), shard.end(),
                        [](const auto& known) { return known.is_awaited; });
    to.number(static_cast<std::uint64_t>(count));
    for (std::size_t i = 0; i < shard.size(); ++i)
      if (shard[i].is_awaited)
        to.number(i);
  }
}

void read_awaited(reader& from, beat& out) {
  for (auto& shard : out.shards)
    read_many(from, [&] {
      const auto place = from.number();
      if (place < shard.size())
        shard[place].is_awaited = true;
    });
}

} // namespace

// -- writing ------------------------------------------------------------------

void encode(const hello& what, std::string& out) {
  write_packet(out, packet_kind::hello, [&](writer& to) {
    to.number(what.protocol);
    to.text(what.cluster);
    write_life(to, what.node);
    to.number(what.shard_count);
    to.text(what.address);
  });
}

void encode(const refusal& what, std::string& out) {
  write_packet(out, packet_kind::refusal,
               [&](writer& to) { to.text(what.reason); });
}

void encode(const beat& what, std::string& out) {
  writer to{out};
  to.byte(format);
  to.byte(static_cast<std::uint8_t>(packet_kind::beat));
  to.section(body_section, [&] {
    write_life(to, what.membership.sender);
    to.number(what.membership.counter);
    to.text(what.membership.address);
    write_liveness(to, what);
    to.number(what.membership.departed.size());
    for (const auto& life : what.membership.departed)
      write_life(to, life);
  });
  to.section(shards_section, [&] {
    to.number(what.shards.size());
    for (const auto& shard : what.shards) {
      to.number(shard.size());
      for (const auto& known : shard)
        write_known(to, known);
    }
  });
  to.section(awaited_section, [&] { write_awaited(to, what); });
  to.finish();
}

void encode(const request& what, std::string& out) {
  write_packet(out, packet_kind::request, [&](writer& to) {
    to.number(what.shard);
    write_known(to, {what.replica, what.known});
  });
}

void encode(const leaving& what, std::string& out) {
  write_packet(out, packet_kind::leaving,
               [&](writer& to) { write_life(to, what.node); });
}

void encode(const event& what, std::string& out) {
  write_packet(out, packet_kind::event, [&](writer& to) {
    to.text(what.topic);
    to.text(what.name);
    to.byte(what.is_binary ? 1 : 0);
    to.text(what.payload);
  });
}

void encode(const tell& what, std::string& out) {
  write_packet(out, packet_kind::tell, [&](writer& to) {
    to.text(what.topic);
    to.text(what.key);
    to.text(what.message);
  });
}

void begin_shard_packet(std::uint16_t shard, std::string& out) {
  writer to{out};
  to.byte(format);
  to.byte(static_cast<std::uint8_t>(packet_kind::shard));
  to.number(shard);
  to.finish();
}

// -- reading ------------------------------------------------------------------

std::optional<packet_kind> kind_of(std::string_view packet) {
  reader from{packet};
  if (from.byte() != format)
    return std::nullopt;
  const auto kind = from.byte();
  if (from.is_bad() || kind == 0
      || kind >= static_cast<std::uint8_t>(packet_kind::count_))
    return std::nullopt;
  return static_cast<packet_kind>(kind);
}

std::optional<hello> decode_hello(std::string_view packet) {
  return read_packet<hello>(packet, packet_kind::hello,
                            [](reader& from, hello& out) {
                              out.protocol = from.number();
                              out.cluster = from.text();
                              out.node = read_life(from);
                              out.shard_count = from.number();
                              out.address = from.text();
                            });
}

std::optional<refusal> decode_refusal(std::string_view packet) {
  return read_packet<refusal>(
      packet, packet_kind::refusal,
      [](reader& from, refusal& out) { out.reason = from.text(); });
}

std::optional<beat> decode_beat(std::string_view packet) {
  auto result = read_packet<beat>(
      packet, packet_kind::beat, [](reader& from, beat& out) {
        out.membership.sender = read_life(from);
        out.membership.counter = from.number();
        out.membership.address = from.text();
        read_liveness(from, out);
        read_many(from,
                  [&] { out.membership.departed.push_back(read_life(from)); });
      });
  const auto shards = section_of(packet, packet_kind::beat, shards_section);
  if (!result || !shards)
    return std::nullopt;
  reader from{*shards};
  read_shards(from, *result);
  if (from.is_bad())
    return std::nullopt;
  if (const auto awaited
      = section_of(packet, packet_kind::beat, awaited_section)) {
    from = reader{*awaited};
    read_awaited(from, *result);
    if (from.is_bad())
      return std::nullopt;
  }
  return result;
}

std::optional<request> decode_request(std::string_view packet) {
  return read_packet<request>(packet, packet_kind::request,
                              [](reader& from, request& out) {
                                const auto shard = from.number();
                                if (shard > 0xffff)
                                  from.fail();
                                out.shard = static_cast<std::uint16_t>(shard);
                                const auto known = read_known(from);
                                out.replica = known.replica;
                                out.known = known.known;
                              });
}

std::optional<leaving> decode_leaving(std::string_view packet) {
  return read_packet<leaving>(
      packet, packet_kind::leaving,
      [](reader& from, leaving& out) { out.node = read_life(from); });
}

std::optional<event> decode_event(std::string_view packet) {
  return read_packet<event>(packet, packet_kind::event,
                            [](reader& from, event& out) {
                              out.topic = from.text();
                              out.name = from.text();
                              out.is_binary = from.byte() != 0;
                              out.payload = from.text();
                            });
}

std::optional<tell> decode_tell(std::string_view packet) {
  return read_packet<tell>(packet, packet_kind::tell,
                           [](reader& from, tell& out) {
                             out.topic = from.text();
                             out.key = from.text();
                             out.message = from.text();
                           });
}

std::optional<shard_packet> decode_shard_packet(std::string_view packet) {
  reader from{packet};
  if (from.byte() != format
      || from.byte() != static_cast<std::uint8_t>(packet_kind::shard))
    return std::nullopt;
  const auto shard = from.number();
  if (from.is_bad() || shard > 0xffff)
    return std::nullopt;
  return shard_packet{static_cast<std::uint16_t>(shard),
                      packet.substr(packet.size() - from.left())};
}

} // namespace rollcall::wire
