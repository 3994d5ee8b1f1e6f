#include "app/node/channel_pushes.hpp"

#include "app/node/follow_payload.hpp"
#include <rollcall/presence_json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace rollcall::node {

namespace {

/// Topics of one message, so that none is too long for a client.
constexpr std::size_t topics_max = 500;

std::string counts_json(std::span<const topic_size> topics, bool is_all) {
  std::string out = "{\"topics\":{";
  for (const auto& [topic, now] : topics) {
    if (!out.ends_with('{'))
      out += ',';
    append_json_string(out, topic);
    fmt::format_to(std::back_inserter(out), ":{{\"presences\":{},\"keys\":{}}}",
                   now.presences, now.keys);
  }
  out += "},\"all\":";
  out += is_all ? "true" : "false";
  return out += '}';
}

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

void push(const client& to, const follow_state& told) {
  push_text(to, "follow:state",
            follow_state_json(told.online, told.offline, told.topic_prefix));
}

void push(const client& to, const came_online& told) {
  push_text(to, "follow:diff",
            follow_diff_json(told.key, true, told.topic_prefix));
}

void push(const client& to, const went_offline& told) {
  push_text(to, "follow:diff",
            follow_diff_json(told.key, false, told.topic_prefix));
}

void push(const client& to, const topic_counts& told) {
  std::span<const topic_size> rest{told.topics};
  auto is_all = told.is_all;
  do {
    const auto part = rest.first(std::min(rest.size(), topics_max));
    push_text(to, "presence_counts", counts_json(part, is_all));
    rest = rest.subspan(part.size());
    is_all = false; // What follows adds to the first.
  } while (!rest.empty());
}

void push(const client& to, const topic_range& told) {
  push_text(to, "presence_range", range_json(told));
}

} // namespace rollcall::node
