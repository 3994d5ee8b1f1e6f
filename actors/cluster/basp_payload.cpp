#include "actors/cluster/basp_payload.hpp"

#include "crdt/wire/wire_io.hpp"
#include "messages/type_ids.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace rollcall::basp_payload {

namespace {

using wire::reader;

/// CAF writes numbers in network order.
std::uint64_t big_endian(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char digit : digits)
    value = value << 8 | static_cast<std::uint8_t>(digit);
  return value;
}

bool starts_with(bytes payload, const node_key& node) {
  return payload.size() >= node.size()
         && std::equal(node.begin(), node.end(), payload.begin());
}

/// No stages; not one of CAF's built-in types; the names of the elements.
const std::string& frame_head() {
  static const std::string head = [] {
    std::string types = "@<>+";
    types += caf::type_name<wire_frame>::value;
    std::string result(3, '\0');
    result += static_cast<char>(types.size());
    result += types;
    return result;
  }();
  return head;
}

constexpr std::size_t length_bytes_max = 5;

/// An empty message.
constexpr std::string_view no_context{"\0\0\3@<>", 6};

} // namespace

const std::size_t frame_head_bytes_max = frame_head().size() + length_bytes_max;

std::string message_head(std::size_t text_bytes) {
  auto result = frame_head();
  wire::writer to{result};
  to.number(text_bytes);
  to.finish();
  return result;
}

std::optional<std::uint64_t> published_by(bytes payload) {
  reader from{payload};
  from.bytes(std::tuple_size_v<node_key>);
  for (auto ids = from.number(); ids > 0 && !from.is_bad(); --ids)
    from.text();
  const auto published = big_endian(from.bytes(sizeof(std::uint64_t)));
  const auto interfaces = from.number();
  if (from.is_bad() || published == 0 || interfaces != 0 || from.left() != 0)
    return std::nullopt;
  return published;
}

bool is_monitor(bytes payload, const basp_ends& ends) {
  return payload.size() == monitor_bytes && starts_with(payload, ends.peer)
         && starts_with(payload.subspan(ends.peer.size()), ends.self);
}

bool is_down(bytes payload, const basp_ends& ends) {
  if (payload.size() != down_bytes || !starts_with(payload, ends.peer)
      || !starts_with(payload.subspan(ends.peer.size()), ends.self))
    return false;
  reader from{payload.last(no_context.size())};
  return from.bytes(no_context.size()) == no_context;
}

head check_frame_head(bytes start, std::size_t payload_bytes) {
  const auto& expected = frame_head();
  const auto common = std::min(start.size(), expected.size());
  reader from{start};
  if (from.bytes(common) != std::string_view{expected}.substr(0, common))
    return {head_state::bad};
  if (common < expected.size())
    return {head_state::incomplete};
  const auto length = from.number();
  if (from.is_bad()) // no end of the number yet
    return {start.size() < expected.size() + length_bytes_max
                ? head_state::incomplete
                : head_state::bad};
  // How many bytes the number took decides where the text begins.
  const auto head_bytes = start.size() - from.left();
  return head_bytes <= expected.size() + length_bytes_max
                 && length == payload_bytes - head_bytes
             ? head{head_state::good, length}
             : head{head_state::bad};
}

} // namespace rollcall::basp_payload
