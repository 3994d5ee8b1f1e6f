#pragma once

#include "crdt/replication/shard_report.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace rollcall::crdt {

/// Remembers what was reported to each peer, so that it is told what changed.
///
/// Shape:   a record for each peer and replica that is reported to it.
/// Threads: one at a time.
class sent_reports {
public:
  /// The report in heartbeat `sequence` to a peer that has all that was in
  /// those up to `since`; or that is told everything, since it `is_whole`.
  [[nodiscard]] shard_report make(const std::string& peer,
                                  const std::vector<known_replica>& now_known,
                                  std::uint64_t sequence, std::uint64_t since,
                                  bool is_whole);

  /// There is no connection to the peer any more.
  void forget(const std::string& peer);

private:
  struct told {
    known_replica last;
    std::uint64_t changed_at = 0; ///< The heartbeat that said so first.
  };
  using record = std::unordered_map<replica_tag, told>;

  static void update(record& peer, const std::vector<known_replica>& now_known,
                     std::uint64_t sequence);

  std::map<std::string, record> peers_;
};

} // namespace rollcall::crdt
