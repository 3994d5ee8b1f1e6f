#pragma once

#include "crdt/dot.hpp"
#include "crdt/interval.hpp"
#include "crdt/replication/shard_sync.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace rollcall::crdt {

/// Why a shard refused a call.
enum class refusal : std::uint8_t {
  none,
  already_tracked,       ///< The owner has this key in the topic.
  not_tracked,           ///< The owner does not have this key in the topic.
  conflict,              ///< Another update came first.
  too_many_presences,    ///< The topic has `count`, the most that it may.
  too_many_subscribers,  ///< The topic has `count`, the most that it may.
  subscriptions_waiting, ///< Too many wait for a slow hook.
  key_taken,             ///< Another session has the key, see session_policy.
};

/// What a shard answers to a call.
struct shard_answer {
  refusal why = refusal::none;
  std::size_t count = 0; ///< See `refusal`.
  crdt::dot dot = {};    ///< Of the version that was written, if one was.
  std::uint64_t previous_seq = 0; ///< Of the version before; 0 after a track.
};

/// An owner got its first presence here, or lost its last: the driver starts or
/// ends to monitor it.
struct owner_watch {
  std::uint64_t owner = 0;
  bool starts = false;
};

/// A presence of an owner here that ended because another session of its key
/// counts: the driver tells the owner.
struct replaced_session {
  std::uint64_t owner = 0;
  topic_ptr topic;
  entry_ptr presence;
};

/// What one step of a shard leads to.
struct shard_effects {
  crdt::changes changes; ///< All that became visible or invisible, in order.
  std::vector<owner_watch> owners; ///< In order.
  std::vector<replaced_session> replaced;
  std::vector<interval_request> questions; ///< For peers.
  std::set<std::string> reports_due;       ///< Peers that wait for a heartbeat.
  bool wakes_dispatcher = false; ///< There is something new in the queue.

  /// Makes it as new, and keeps its memory.
  void clear() noexcept {
    changes.clear();
    owners.clear();
    replaced.clear();
    questions.clear();
    reports_due.clear();
    wakes_dispatcher = false;
  }
};

} // namespace rollcall::crdt
