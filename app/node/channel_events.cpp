#include "app/node/channel_events.hpp"

#include "app/node/auth.hpp"
#include "app/node/follow_payload.hpp"
#include "app/node/page_text.hpp"
#include <rollcall/presence_json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>

namespace rollcall::node {

namespace {

/// Of the reply to `presence:list`, which must wait whole for its client.
constexpr std::size_t list_bytes_max = 1u << 20;

/// At which a page ends, before it has as many presences as were asked for.
constexpr std::size_t page_bytes = 65'536;

/// The first key that the client may not follow.
std::optional<std::string> forbidden_key(const presence_channel_state& state,
                                         const follow_wish& wish) {
  if (!state.context->is_auth_required)
    return std::nullopt;
  const auto assigns = state.client.assigns(); // A fresh token may have come.
  const auto* who = static_cast<const identity*>(assigns.get());
  for (const auto& key : wish.keys)
    if (who == nullptr || !who->may_follow(key))
      return key;
  return std::nullopt;
}

/// The error of a page whose first key no reply can hold: where to go on.
std::string too_large_json(std::string_view key) {
  auto out = node::error_json("too_large", "the key has too many metas for a "
                                           "reply; go on after it");
  out.back() = ',';
  out += "\"next\":";
  append_json_string(out, key);
  return out += '}';
}

} // namespace

/// What CAF itself says, as of a shard that ended under the request, is to a
/// client that the shard is gone.
std::string error_json(const caf::error& error) {
  const auto code = code_of(error);
  if (code == ec::none)
    return node::error_json(to_string(ec::shard_unavailable),
                            "the part of the node that owns the topic "
                            "restarts; try again");
  const auto reason = to_string(code);
  // The sentence alone: its name stands beside it.
  auto detail = describe(error);
  if (detail.starts_with(reason))
    detail.erase(0, std::min(detail.size(), reason.size() + 2));
  return node::error_json(reason, detail);
}

void reply(channel_self* self, const channel_event& event,
           std::string_view status, std::string response) {
  if (!event.ref.empty())
    self->state.client.reply(event.ref, status, {std::move(response), false});
}

void list(channel_self* self, const channel_event_ptr& event) {
  const auto presences = self->state.context->who.list(self->state.topic);
  std::string response;
  state_position at{presences};
  // A part may be longer than it was asked to be, by one meta.
  append_state_part(response, presences, {}, at, list_bytes_max);
  if (at.is_complete && response.size() <= list_bytes_max)
    reply(self, *event, "ok", std::move(response));
  else
    reply(self, *event, "error",
          node::error_json("too_large", "the list is too long for a reply; "
                                        "join again for the state"));
}

void page(channel_self* self, const channel_event_ptr& event) {
  const auto wish = wish_of(self, *event, read_page);
  if (!wish)
    return;
  const auto& state = self->state;
  const auto found
      = state.context->who.page(state.topic, wish->limit, wish->after);
  std::string response = "{";
  const auto too_large = append_page_members(response, found, page_bytes);
  if (too_large.empty())
    reply(self, *event, "ok", response += '}');
  else
    reply(self, *event, "error", too_large_json(too_large));
}

void count(channel_self* self, const channel_event_ptr& event) {
  const auto size = self->state.context->who.count(self->state.topic);
  reply(self, *event, "ok",
        fmt::format("{{\"presences\":{},\"keys\":{}}}", size.presences,
                    size.keys));
}

void watch_range(channel_self* self, const channel_event_ptr& event) {
  const auto wish = wish_of(self, *event, read_range);
  if (!wish)
    return;
  const auto& settings = self->state.context->settings;
  if (wish->last - wish->first >= settings.range_presences_max)
    return reply(
        self, *event, "error",
        error_json("too_large", fmt::format("a range of {} presences, {} are "
                                            "allowed",
                                            wish->last - wish->first + 1,
                                            settings.range_presences_max)));
  answer_when_done(self, event,
                   self->state.context->who.watch_range(
                       self, self->state.topic, wish->first, wish->last,
                       settings.range_interval));
}

void unwatch_range(channel_self* self, const channel_event_ptr& event) {
  const auto wish = wish_of(self, *event, read_range);
  if (!wish)
    return;
  auto& state = self->state;
  if (state.waiting)
    state.waiting->ranges.forget(wish->first, wish->last);
  answer_when_done(self, event,
                   state.context->who.unwatch_range(self, state.topic,
                                                    wish->first, wish->last));
}

void follow(channel_self* self, const channel_event_ptr& event) {
  const auto wish = wish_of(self, *event, read_follow);
  if (!wish)
    return;
  if (const auto key = forbidden_key(self->state, *wish))
    return reply(self, *event, "error",
                 node::error_json("unauthorized", "key " + *key));
  answer_when_done(
      self, event,
      self->state.context->who.follow(self, wish->keys, wish->topic_prefix));
}

void unfollow(channel_self* self, const channel_event_ptr& event) {
  if (const auto wish = wish_of(self, *event, read_follow))
    answer_when_done(self, event,
                     self->state.context->who.unfollow(self, wish->keys,
                                                       wish->topic_prefix));
}

} // namespace rollcall::node
