// Feeds a peer's bytes to the guard in front of CAF, whole and in pieces: both
// times it must say the same and let the same through, and nothing gets through
// that is no frame on its list. The first byte of the input says which side
// dialed and how long the pieces are.
#include "actors/cluster/basp_guard.hpp"
#include "tests/fuzz/require.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

using namespace rollcall;
using fuzz::require;

namespace {

constexpr std::uint64_t published = 7;
constexpr std::size_t header_bytes = 32;
constexpr std::size_t message_head_bytes_max = 33;
constexpr frame_limits small_limits{4096, 256};

node_key key_of(char filling) {
  node_key result;
  result.fill(static_cast<std::byte>(filling));
  return result;
}

const basp_ends& ends() {
  static const basp_ends result{key_of('S'), key_of('P'), published};
  return result;
}

std::string text_of(const node_key& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

struct outcome {
  frame_verdict verdict = frame_verdict::good;
  std::vector<std::byte> clean;
  std::uint64_t dropped = 0;
  std::uint64_t messages = 0;
  std::uint64_t text_bytes = 0;
  std::vector<std::string> heartbeats;

  bool operator==(const outcome&) const = default;
};

/// @param takes_out heartbeats, or leaves them to CAF as messages.
outcome filter(link_side side, std::span<const std::byte> bytes,
               std::size_t piece_bytes, bool takes_out) {
  basp_guard guard{side, ends(), small_limits};
  outcome result;
  while (!bytes.empty() && result.verdict == frame_verdict::good) {
    const auto size = std::min(bytes.size(), piece_bytes);
    result.verdict = guard.filter(bytes.first(size), result.clean,
                                  takes_out ? &result.heartbeats : nullptr);
    bytes = bytes.subspan(size);
  }
  result.dropped = guard.dropped();
  result.messages = guard.messages();
  result.text_bytes = guard.text_bytes();
  return result;
}

std::uint64_t big_endian(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char digit : digits)
    value = value << 8 | static_cast<std::uint8_t>(digit);
  return value;
}

/// A frame as it stands in what CAF gets, read without the guard's help.
struct frame {
  explicit frame(std::string_view bytes)
      : operation(static_cast<std::uint8_t>(bytes[0])),
        flags(static_cast<std::uint8_t>(bytes[3])),
        payload_bytes(big_endian(bytes.substr(4, 4))),
        source(big_endian(bytes.substr(16, 8))),
        destination(big_endian(bytes.substr(24, 8))),
        payload(bytes.substr(header_bytes, payload_bytes)) {
    // nop
  }

  [[nodiscard]] bool is_whole() const {
    return payload.size() == payload_bytes;
  }

  std::uint8_t operation;
  std::uint8_t flags;
  std::uint64_t payload_bytes;
  std::uint64_t source;
  std::uint64_t destination;
  std::string_view payload; ///< As much of it as there is.
};

/// One `wire_frame`, whose text is the whole rest of the message.
void check_message(const frame& message) {
  static const std::string head{std::string(3, '\0') + char{24}
                                + "@<>+rollcall::wire_frame"};
  require(message.flags == 0 && message.destination == published);
  require(message.source != 0);
  require(message.payload_bytes <= small_limits.message_bytes_max);
  require(message.payload.starts_with(head));
  std::uint64_t length = 0;
  auto at = head.size();
  for (int shift = 0;; shift += 7) {
    require(at < message.payload.size() && shift <= 28);
    const auto digit = static_cast<std::uint8_t>(message.payload[at++]);
    length |= static_cast<std::uint64_t>(digit & 0x7f) << shift;
    if (digit < 0x80)
      break;
  }
  require(length == message.payload_bytes - at);
}

void check_control(const frame& control, link_side side) {
  const auto self = text_of(ends().self);
  const auto peer = text_of(ends().peer);
  const std::string no_context{"\0\0\3@<>", 6};
  require(control.is_whole());
  require(control.payload_bytes <= small_limits.control_bytes_max);
  switch (control.operation) {
  case 0:
    require(side == link_side::dialed && control.payload.starts_with(peer));
    break;
  case 1:
    require(side == link_side::accepted && control.payload == peer);
    break;
  case 4:
    require(control.destination == published && control.payload == peer + self);
    break;
  case 5:
    require(control.source != 0 && control.payload.starts_with(peer + self)
            && control.payload.ends_with(no_context));
    break;
  default:
    require(control.operation == 6 && control.payload_bytes == 0);
  }
}

/// All frames in what CAF gets. Only the last message may lack some of its
/// text, which is still to come.
void check_clean(const std::vector<std::byte>& bytes, link_side side) {
  std::string_view clean{reinterpret_cast<const char*>(bytes.data()),
                         bytes.size()};
  std::uint64_t speaker = 0;
  bool is_first = true;
  while (!clean.empty()) {
    require(clean.size() >= header_bytes);
    const frame next{clean};
    require(!is_first || next.operation <= 1);
    if (next.operation == 2) {
      check_message(next);
      require(speaker == 0 || speaker == next.source);
      speaker = next.source;
    } else {
      check_control(next, side);
    }
    is_first = false;
    clean.remove_prefix(header_bytes + next.payload.size());
  }
}

/// Heartbeats that are taken out are those that were messages before.
void check_heartbeats(const outcome& out, const outcome& kept, link_side side) {
  check_clean(out.clean, side);
  require(out.verdict == kept.verdict && out.dropped == kept.dropped);
  require(out.messages == kept.messages && out.text_bytes == kept.text_bytes);
  require(out.heartbeats.size() <= out.messages);
  auto bytes = out.clean.size();
  for (const auto& packet : out.heartbeats) {
    require(packet.size() <= small_limits.control_bytes_max);
    require(packet.starts_with("\1\4")); // the format, and its kind
    bytes += header_bytes + packet.size();
  }
  require(bytes <= kept.clean.size()
          && kept.clean.size()
                 <= bytes + out.heartbeats.size() * message_head_bytes_max);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0)
    return 0;
  const auto side
      = (data[0] & 1) != 0 ? link_side::dialed : link_side::accepted;
  const std::size_t piece_bytes = (data[0] >> 1) + 1u;
  const auto bytes = std::as_bytes(std::span{data + 1, size - 1});
  const auto whole = filter(side, bytes, bytes.size(), false);
  const auto cut = filter(side, bytes, piece_bytes, false);
  require(whole == cut && whole.heartbeats.empty());
  check_clean(whole.clean, side);
  // As messages, heartbeats are longer by the head of a message.
  require(whole.clean.size()
          <= bytes.size() + whole.messages * message_head_bytes_max);
  check_heartbeats(filter(side, bytes, piece_bytes, true), whole, side);
  return 0;
}
