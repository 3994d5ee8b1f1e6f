#include "app/node/channel_pushes.hpp"

#include "app/node/follow_payload.hpp"
#include "app/node/unix_time.hpp"
#include <rollcall/presence_json.hpp>

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace rollcall::node {

namespace {

/// Presences in order of key, as in `presence_state`.
void append_side(std::string& out, std::string_view name,
                 std::span<const entry_ptr> presences) {
  out += ",\"";
  out += name;
  out += "\":{";
  const entry* before = nullptr;
  for (const auto& one : presences) {
    if (before != nullptr && before->key() == one->key()) {
      out += ',';
    } else {
      out += before == nullptr ? "" : "]},";
      append_json_string(out, one->key());
      out += ":{\"metas\":[";
    }
    append_meta_json(out, *one);
    before = one.get();
  }
  out += before == nullptr ? "}" : "]}}";
}

std::string range_json(const topic_range& told) {
  auto out = fmt::format("{{\"first\":{},\"last\":{},\"all\":{}", told.first,
                         told.last, told.is_all);
  append_side(out, "joins", told.joins);
  append_side(out, "leaves", told.leaves);
  return out += '}';
}

void push_text(const client& to, std::string_view event, std::string json) {
  to.push(event, {std::move(json), false});
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

void push(const client& to, counts_to_push& waiting,
          const topic_counts_ptr& told) {
  if (!waiting)
    waiting = std::make_unique<waiting_counts>();
  const bool is_first = waiting->empty();
  waiting->take(told);
  // One topic is not worth a turn.
  if (is_first && told->topics.size() <= 1)
    push_next(to, waiting);
  else
    to.await_turn(waiting->bytes());
}

void push_next(const client& to, counts_to_push& waiting) {
  if (!waiting || waiting->empty())
    return;
  push_text(to, "presence_counts", waiting->next());
  if (waiting->empty())
    waiting.reset();
  else
    to.await_turn(waiting->bytes());
}

void push(const client& to, const topic_range& told) {
  push_text(to, "presence_range", range_json(told));
}

} // namespace rollcall::node
