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
  end_replaced(*verdict.older, out);
  return {};
}

/// Ends an own presence, which may linger. The caller says that it `wrote`.
void shard_core::end_replaced(const entry& loser, shard_effects& out) {
  const auto owner = loser.owner();
  const bool has_lingered = lingering_.forget(loser.dot().seq);
  auto changed = set_.leave(loser, leave_reason::replaced);
  ++counters_.untracks;
  if (!has_lingered) {
    out.replaced.push_back({owner, changed.topic, changed.before});
    end_watch_if_idle(owner, out);
  }
  note(std::move(changed), out);
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
      end_replaced(*loser, out);
      has_ended = true;
    }
  if (has_ended)
    wrote(now);
}

} // namespace rollcall::crdt
