#pragma once

#include "crdt/wire/interval_wire.hpp"
#include "crdt/wire/wire_io.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// Packets of intervals, written out by hand.
namespace rollcall::test {

constexpr std::uint8_t live_section = 2;
constexpr std::uint8_t removed_section = 3;
constexpr std::uint8_t survivors_section = 4;

inline std::span<const std::byte> bytes_of(const std::string& packet) {
  return std::as_bytes(std::span{packet});
}

inline std::string encoded(const crdt::interval& what) {
  std::string result;
  wire::encode(what, result);
  return result;
}

inline wire::decode_error error_of(const std::string& packet) {
  crdt::interval out;
  return wire::decode(bytes_of(packet), out);
}

/// A packet with a header for (0, 100] and one more section.
template <class Body>
std::string packet_with(std::uint8_t tag, Body body) {
  std::string result;
  wire::writer to{result};
  to.byte(wire::format);
  to.byte(static_cast<std::uint8_t>(wire::packet_kind::interval));
  to.section(1, [&] {
    to.fixed(5);
    to.number(50);
    to.number(50);
    for (int i = 0; i < 3; ++i)
      to.number(0);
  });
  to.section(tag, [&] { body(to); });
  to.finish();
  return result;
}

/// A presence of alice in "room" with an extension of these bytes.
inline void write_extended(wire::writer& to, std::string_view extension) {
  to.byte(128);
  to.number(1);
  to.number(0);
  to.text("room");
  to.number(0);
  to.text("alice");
  to.text("{}");
  to.text(extension);
}

} // namespace rollcall::test
