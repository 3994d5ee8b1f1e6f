#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace rollcall::crdt {

/// One life of one shard of one node: the only writer of its presences.
struct replica_id {
  std::string node;              ///< Node name, unique in the cluster.
  std::uint64_t incarnation = 0; ///< Grows with every start of the node.
  std::uint16_t shard = 0;       ///< Index of the shard on its node.
  std::uint32_t generation = 0;  ///< Grows when the shard lost its state.

  friend auto operator<=>(const replica_id&, const replica_id&) = default;
};

/// A replica in eight bytes: the hash of its `replica_id`, so that an entry
/// can name its writer without a pointer. 0 names nobody.
struct replica_tag {
  std::uint64_t value = 0;

  friend auto operator<=>(const replica_tag&, const replica_tag&) = default;
};

/// Hashes all four fields; equal on every node and in every process.
[[nodiscard]] replica_tag tag_of(const replica_id& id) noexcept;

/// The write that made one version of a presence.
///
/// Units: `seq` counts the writes of one replica, from 1; 0 is no write.
struct dot {
  replica_tag replica;
  std::uint64_t seq = 0;

  friend auto operator<=>(const dot&, const dot&) = default;
};

/// Appends the dot as URL-safe text: unique in the cluster, opaque to clients.
///
/// Shape: 11 characters of replica, then 1 to 11 of seq.
void append_phx_ref(std::string& out, dot which);

/// The inverse of `append_phx_ref`; a dot with seq 0 when `text` is none.
[[nodiscard]] dot parse_phx_ref(std::string_view text) noexcept;

} // namespace rollcall::crdt

template <>
struct std::hash<rollcall::crdt::replica_tag> {
  std::size_t operator()(rollcall::crdt::replica_tag tag) const noexcept {
    return static_cast<std::size_t>(tag.value);
  }
};
