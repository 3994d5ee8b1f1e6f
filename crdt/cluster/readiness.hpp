#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace rollcall::crdt {

/// Whether a node may call itself ready, and if not, why.
///
/// It may once it has all that its peers had when it came, or if nobody could
/// be reached; and not while those that it connected to refuse it and nobody
/// accepts it: it would be a cluster of its own that nobody notices. Refusals
/// by nodes that only connected to this one do not count, else any stray node
/// could turn this one away from its clients.
///
/// Shape:   one record an address that is connected to.
/// Threads: one owner at a time.
class readiness {
public:
  /// Bytes of a reason that are kept.
  static constexpr std::size_t reason_bytes_max = 512;

  /// A node that this one connected to does not want it. `reason` may be the
  /// other node's words.
  void refused(const std::string& address, const std::string& reason);

  /// What is at the address refuses no more: it accepted, or is not reached.
  void forgive(const std::string& address);

  /// All that the peers had is here. Holds for good.
  void complete() noexcept {
    is_complete_ = true;
  }

  [[nodiscard]] bool is_complete() const noexcept {
    return is_complete_;
  }

  /// In words; empty if the node is ready. `has_peers`: somebody accepts it.
  [[nodiscard]] std::string problem(bool has_peers) const;

private:
  std::map<std::string, std::string> refusals_; ///< Reason by address.
  bool is_complete_ = false;
};

} // namespace rollcall::crdt
