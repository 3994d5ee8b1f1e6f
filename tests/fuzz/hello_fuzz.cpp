// Feeds the first bytes of a link and the small packets of the cluster to
// their decoders: what one takes is written and read back as the same bytes.
#include "actors/cluster/link_hello.hpp"
#include "crdt/wire/cluster_wire.hpp"
#include "tests/fuzz/require.hpp"

#include <algorithm>
#include <string>

using namespace rollcall;
using fuzz::require;

namespace {

void check_link_hello(const std::uint8_t* data, std::size_t size) {
  hello_buffer buffer{};
  std::copy_n(reinterpret_cast<const std::byte*>(data),
              std::min(size, buffer.size()), buffer.begin());
  const auto read = decode(buffer);
  if (const auto* hello = std::get_if<link_hello>(&read))
    require(std::get<link_hello>(decode(encode(*hello))) == *hello);
}

/// Reads, writes, reads and writes: both times the same bytes.
template <class Decode>
void check_packet(std::string_view packet, Decode decode) {
  const auto first = decode(packet);
  if (!first)
    return;
  std::string bytes;
  wire::encode(*first, bytes);
  const auto second = decode(bytes);
  require(second.has_value());
  std::string again;
  wire::encode(*second, again);
  require(bytes == again);
}

void check_shard_packet(std::string_view packet) {
  const auto read = wire::decode_shard_packet(packet);
  if (!read)
    return;
  std::string bytes;
  wire::begin_shard_packet(read->shard, bytes);
  bytes += read->interval;
  const auto again = wire::decode_shard_packet(bytes);
  require(again && again->shard == read->shard
          && again->interval == read->interval);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  check_link_hello(data, size);
  const auto packet = fuzz::as_text(data, size);
  static_cast<void>(wire::kind_of(packet));
  check_packet(packet, wire::decode_hello);
  check_packet(packet, wire::decode_refusal);
  check_packet(packet, wire::decode_request);
  check_packet(packet, wire::decode_leaving);
  check_packet(packet, wire::decode_event);
  check_packet(packet, wire::decode_tell);
  check_shard_packet(packet);
  return 0;
}
