#include "crdt/wire/cluster_wire.hpp"

#include "crdt/wire/wire_io.hpp"
#include "crdt/wire/wire_parts.hpp"

#include <chrono>
#include <utility>

namespace rollcall::wire {

namespace {

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

/// Cut to milliseconds.
void write_age(writer& to, crdt::tick_time age) {
  using std::chrono::milliseconds;
  const auto whole = std::chrono::duration_cast<milliseconds>(age);
  to.number(static_cast<std::uint64_t>(whole.count()));
}

crdt::tick_time read_age(reader& from) {
  constexpr std::chrono::milliseconds age_max = std::chrono::hours{24 * 3660};
  const auto age = from.number();
  if (age > static_cast<std::uint64_t>(age_max.count())) {
    from.fail();
    return {};
  }
  return std::chrono::milliseconds{age};
}

} // namespace

// -- writing ------------------------------------------------------------------

void encode(const hello& hello, std::string& out) {
  write_packet(out, packet_kind::hello, [&](writer& to) {
    to.number(hello.protocol);
    to.text(hello.cluster);
    write_incarnation(to, hello.node);
    to.number(hello.shard_count);
    to.text(hello.address);
  });
}

void encode(const refusal& refusal, std::string& out) {
  write_packet(out, packet_kind::refusal,
               [&](writer& to) { to.text(refusal.reason); });
}

void encode(const request& request, std::string& out) {
  write_packet(out, packet_kind::request, [&](writer& to) {
    to.number(request.shard);
    to.fixed(request.replica.value);
    write_progress(to, request.known);
  });
}

void encode(const leaving& leaving, std::string& out) {
  write_packet(out, packet_kind::leaving,
               [&](writer& to) { write_incarnation(to, leaving.node); });
}

void encode(const event& event, std::string& out) {
  write_packet(out, packet_kind::event, [&](writer& to) {
    to.text(event.topic);
    to.text(event.name);
    to.byte(event.is_binary ? 1 : 0);
    to.text(event.payload);
  });
}

void encode(const tell& tell, std::string& out) {
  write_packet(out, packet_kind::tell, [&](writer& to) {
    to.text(tell.topic);
    to.text(tell.key);
    to.text(tell.message);
  });
}

void encode(const last_seen& last_seen, std::string& out) {
  write_packet(out, packet_kind::last_seen, [&](writer& to) {
    to.number(last_seen.echo.sequence);
    write_age(to, last_seen.echo.held);
    to.number(last_seen.keys.size());
    for (const auto& one : last_seen.keys) {
      to.text(one.key);
      write_age(to, one.age);
    }
  });
}

void encode(const end_topic& end_topic, std::string& out) {
  write_packet(out, packet_kind::end_topic,
               [&](writer& to) { to.text(end_topic.topic); });
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
                              out.node = read_incarnation(from);
                              out.shard_count = from.number();
                              out.address = from.text();
                            });
}

std::optional<refusal> decode_refusal(std::string_view packet) {
  return read_packet<refusal>(
      packet, packet_kind::refusal,
      [](reader& from, refusal& out) { out.reason = from.text(); });
}

std::optional<request> decode_request(std::string_view packet) {
  return read_packet<request>(packet, packet_kind::request,
                              [](reader& from, request& out) {
                                const auto shard = from.number();
                                if (shard > 0xffff)
                                  from.fail();
                                out.shard = static_cast<std::uint16_t>(shard);
                                out.replica.value = from.fixed();
                                out.known = read_progress(from);
                              });
}

std::optional<leaving> decode_leaving(std::string_view packet) {
  return read_packet<leaving>(
      packet, packet_kind::leaving,
      [](reader& from, leaving& out) { out.node = read_incarnation(from); });
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

std::optional<last_seen> decode_last_seen(std::string_view packet) {
  return read_packet<last_seen>(packet, packet_kind::last_seen,
                                [](reader& from, last_seen& out) {
                                  out.echo.sequence = from.number();
                                  out.echo.held = read_age(from);
                                  if (out.echo.sequence == 0)
                                    from.fail();
                                  read_many(from, [&] {
                                    if (out.keys.size() == seen_keys_max) {
                                      from.fail();
                                      return;
                                    }
                                    crdt::seen_key one;
                                    one.key = from.text();
                                    one.age = read_age(from);
                                    out.keys.push_back(std::move(one));
                                  });
                                });
}

std::optional<end_topic> decode_end_topic(std::string_view packet) {
  return read_packet<end_topic>(
      packet, packet_kind::end_topic,
      [](reader& from, end_topic& out) { out.topic = from.text(); });
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
