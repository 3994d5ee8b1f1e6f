#pragma once

#include "crdt/interval.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// The bytes that nodes exchange.
///
/// A packet is a format byte, a kind byte and sections: tag, length, content.
/// Readers skip sections with a tag they do not know, and such fields of the
/// extension that a presence may carry, so that a newer node may say more. What
/// an older node cannot do without gets a new format.
namespace rollcall::wire {

/// The only format there is.
inline constexpr std::uint8_t format = 1;

/// What a packet is, in its second byte. Append only.
enum class packet_kind : std::uint8_t {
  interval = 1,
  hello = 2, ///< These are in cluster_wire.hpp.
  refusal = 3,
  heartbeat = 4,
  request = 5,
  leaving = 6,
  event = 7,
  shard = 8, ///< An interval with the index of its shard in front.
  tell = 9,
  last_seen = 10,
  end_topic = 11,
  count_, ///< Not a kind. Keep last.
};

/// Why bytes were refused.
enum class decode_error : std::uint8_t {
  none = 0,
  truncated,      ///< Ends early, or a number does not fit in 64 bits.
  unknown_format, ///< Made by a version that this one cannot read.
  wrong_kind,     ///< Something else than was asked for.
  missing_header, ///< An interval that does not say of what.
  out_of_order,   ///< Seqs outside of the interval or not ascending.
  bad_reference,  ///< Refers to a topic or to bytes that are not there.
  too_long, ///< A topic, key or meta beyond its limit, or a topic of none.
  inflated, ///< Unpacks to far more than its size.
};

[[nodiscard]] std::string_view to_string(decode_error error) noexcept;

/// Appends the packet of an interval.
///
/// Shape: about 20 bytes, then what presences do not share with the one before
///        them: topics are named once, keys share their beginning, metas their
///        beginning and end.
/// @pre `interval` is well formed.
void encode(const crdt::interval& interval, std::string& out);

/// Reads the packet of an interval. Whatever the bytes, this throws nothing
/// but `std::bad_alloc` and takes memory in proportion to their number.
///
/// @param out the interval; its presences are new and in no set, its topics
///        lie in `packet`. Well formed if the result is `none`, else
///        unspecified.
/// @returns why the packet was refused, or `none`.
[[nodiscard]] decode_error decode(std::span<const std::byte> packet,
                                  crdt::interval& out);

} // namespace rollcall::wire
