#pragma once

#include "crdt/replication/shard_report.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace rollcall::crdt {

/// Remembers what was reported to each peer, so that it is told what changed.
/// Every now and then everything is told, whatever the peer acknowledged: a
/// reader that lost its memory is right again after that.
///
/// Shape:   a record for each peer and replica that is reported to it.
/// Threads: one at a time.
class sent_reports {
public:
  /// Heartbeats between two whole reports to a peer.
  static constexpr unsigned whole_every = 25;

  /// The report in heartbeat `sequence` to a peer that has all that was in
  /// those up to `since`.
  [[nodiscard]] shard_report make(const std::string& peer,
                                  const std::vector<known_replica>& now_known,
                                  std::uint64_t sequence, std::uint64_t since);

  /// There is no connection to the peer any more.
  void forget(const std::string& peer);

private:
  struct told {
    known_replica last;
    std::uint64_t changed_at = 0; ///< The heartbeat that said so first.
  };
  struct record {
    std::unordered_map<replica_tag, told> replicas;
    unsigned until_whole = 0; ///< Heartbeats.
  };

  static void update(record& peer, const std::vector<known_replica>& now_known,
                     std::uint64_t sequence);

  std::map<std::string, record> peers_;
};

} // namespace rollcall::crdt
