// The part of `shard_core` that ends presences which their owners did not end.
#include "crdt/shard/shard_core.hpp"

#include <utility>

namespace rollcall::crdt {

/// Ends an own presence, which may linger. The caller says that it `wrote`.
void shard_core::end_own(const entry& which, leave_reason why,
                         shard_effects& out) {
  const auto owner = which.owner();
  const bool has_lingered = lingering_.forget(which.dot().seq);
  auto changed = set_.leave(which, why);
  ++counters_.untracks;
  if (!has_lingered) {
    if (why == leave_reason::replaced)
      out.replaced.push_back({owner, changed.topic, changed.before});
    end_watch_if_idle(owner, out);
  }
  note(std::move(changed), out);
}

// -- the end of a topic -------------------------------------------------------

void shard_core::end_topic(topic_end& end, tick_time now, shard_effects& out) {
  auto looks = settings_.topic_end_looks;
  end_part(end, looks, now, out);
}

/// @param looks how many presences it may look at; it is left with the rest.
void shard_core::end_part(topic_end& end, std::size_t& looks, tick_time now,
                          shard_effects& out) {
  const auto* node = set_.topic(end.topic);
  if (node == nullptr) {
    end.walk.is_done = true;
    return;
  }
  const auto part = node->walk(end.walk, set_.self_tag(), looks);
  for (const auto* presence : part)
    end_own(*presence, leave_reason::kicked, out);
  if (!part.empty())
    wrote(now);
}

/// Goes on with the topics that other nodes ended.
void shard_core::end_waiting_topics(tick_time now, shard_effects& out) {
  auto looks = settings_.topic_end_looks;
  while (looks > 0 && !topic_ends_.is_empty()) {
    end_part(topic_ends_.current(), looks, now, out);
    topic_ends_.drop_if_done();
    if (looks > 0)
      --looks; // A topic costs a search, whatever is in it.
  }
}

} // namespace rollcall::crdt
