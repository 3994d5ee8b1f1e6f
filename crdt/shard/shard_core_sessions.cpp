// The part of `shard_core` that carries out what `single_sessions` decides.
#include "crdt/shard/shard_core.hpp"

#include <utility>

namespace rollcall::crdt {

/// Gives a draft its login, and ends the session that ends by it.
shard_answer shard_core::make_way(session_policy policy, std::string_view topic,
                                  draft_ptr& draft, std::uint64_t wall_ms,
                                  shard_effects& out) {
  const auto verdict = sessions_.decide(policy, topic, draft->key(), wall_ms);
  if (verdict.is_refused)
    return refuse(refusal::key_taken);
  draft = stored_entry::make_again(*draft, verdict.when);
  if (verdict.older == nullptr)
    return {};
  // The older one makes room, but not enough if the topic has too many.
  if (const auto size = set_.topic(topic)->size();
      size > settings_.presences_per_topic_max)
    return refuse(refusal::too_many_presences, size);
  end_own(*verdict.older, leave_reason::replaced, out);
  return {};
}

/// Ends the own presences that lose to one that became visible.
/// @param first of `out.changes`, where the new ones begin.
void shard_core::end_losers(std::size_t first, tick_time now,
                            shard_effects& out) {
  if (sessions_.is_idle())
    return;
  bool has_ended = false;
  for (const auto end = out.changes.size(); first < end; ++first)
    if (const auto* loser = sessions_.loser_to(out.changes[first])) {
      end_own(*loser, leave_reason::replaced, out);
      has_ended = true;
    }
  if (has_ended)
    wrote(now);
}

} // namespace rollcall::crdt
