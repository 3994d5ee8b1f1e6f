#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace rollcall {

/// Names one writer of presences in eight bytes: a hash of a node, its start
/// and its shard. 0 names nobody.
struct replica_tag {
  std::uint64_t value = 0; ///< The hash.

  /// Orders by the hash, which means nothing.
  friend auto operator<=>(const replica_tag&, const replica_tag&) = default;
};

/// The write that made one version of a presence; unique in the cluster.
///
/// Units: `seq` counts the writes of one replica, from 1; 0 is no write.
struct dot {
  replica_tag replica;   ///< Who wrote.
  std::uint64_t seq = 0; ///< Which of its writes.

  /// Orders by writer, and the writes of one writer by time.
  friend auto operator<=>(const dot&, const dot&) = default;
};

} // namespace rollcall

/// @cond std
template <>
struct std::hash<rollcall::replica_tag> {
  std::size_t operator()(rollcall::replica_tag tag) const noexcept {
    return static_cast<std::size_t>(tag.value);
  }
};
/// @endcond
