#include "app/node/channel_pushes.hpp"

#include "app/node/follow_payload.hpp"
#include "app/node/unix_time.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace rollcall::node {

namespace {

/// Ranges with no more text than this are not worth a turn.
constexpr std::size_t at_once_bytes = 4096;

void push_text(const client& to, std::string_view event, std::string json) {
  to.push(event, {std::move(json), false});
}

waiting_pushes& made(pushes_to_come& waiting) {
  if (!waiting)
    waiting = std::make_unique<waiting_pushes>();
  return *waiting;
}

} // namespace

void push(const client& to, const presence& who, const follow_state& told) {
  push_text(to, "follow:state",
            follow_state_json(told.online, told.offline,
                              who.last_seen_many(told.offline), unix_time(),
                              told.topic_prefix));
}

void push(const client& to, const came_online& told) {
  push_text(to, "follow:diff",
            follow_diff_json(told.key, true, told.topic_prefix));
}

void push(const client& to, const went_offline& told) {
  push_text(to, "follow:diff",
            follow_diff_json(told.key, false, told.topic_prefix));
}

void push(const client& to, pushes_to_come& waiting,
          const topic_counts_ptr& told) {
  auto& all = made(waiting);
  const bool is_first = all.empty();
  all.counts.take(told);
  // One topic is not worth a turn.
  if (is_first && told->topics.size() <= 1)
    push_next(to, waiting);
  else
    to.await_turn(all.bytes());
}

void push(const client& to, pushes_to_come& waiting, const topic_range& told) {
  auto& all = made(waiting);
  const bool is_first = all.empty();
  all.ranges.take(told);
  if (is_first && all.ranges.bytes() <= at_once_bytes)
    push_next(to, waiting);
  else
    to.await_turn(all.bytes());
}

void push_next(const client& to, pushes_to_come& waiting) {
  if (waiting && !waiting->empty()) {
    auto& [counts, ranges, was_count] = *waiting;
    was_count = !counts.empty() && (ranges.empty() || !was_count);
    if (was_count)
      push_text(to, "presence_counts", counts.next());
    else
      push_text(to, "presence_range", ranges.next());
    if (!waiting->empty())
      return to.await_turn(waiting->bytes());
  }
  waiting.reset();
}

} // namespace rollcall::node
