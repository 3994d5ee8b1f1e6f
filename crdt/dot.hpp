#pragma once

#include <rollcall/dot.hpp>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::crdt {

using rollcall::dot;
using rollcall::replica_tag;

/// One life of one shard of one node: the only writer of its presences.
struct replica_id {
  std::string node;              ///< Node name, unique in the cluster.
  std::uint64_t incarnation = 0; ///< Grows with every start of the node.
  std::uint16_t shard = 0;       ///< Index of the shard on its node.
  std::uint32_t generation = 0;  ///< Grows when the shard lost its state.

  friend auto operator<=>(const replica_id&, const replica_id&) = default;
};

/// Hashes all four fields; equal on every node and in every process.
[[nodiscard]] replica_tag tag_of(const replica_id& id) noexcept;

/// Appends the dot as URL-safe text: unique in the cluster, opaque to clients.
///
/// Shape: 11 characters of replica, then 1 to 11 of seq.
void append_phx_ref(std::string& out, dot which);

/// The same as a string; empty for a dot that is no write.
[[nodiscard]] std::string phx_ref_of(dot which);

} // namespace rollcall::crdt
