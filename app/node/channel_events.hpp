#pragma once

#include "app/node/channel_payload.hpp"
#include "app/node/channel_pushes.hpp"
#include "app/node/presence_channel.hpp"

#include <caf/error.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

/// The built-in channel as its handlers of events see it.
namespace rollcall::node {

/// One joined topic of one client. Small, since a node holds one for each.
struct presence_channel_state {
  static constexpr const char* name = "rollcall.presence_channel";

  channel_context_ptr context;
  /// Its `assigns` are the `identity`, if tokens are asked for.
  rollcall::client client;
  std::string topic;
  std::string key;
  std::int64_t online_at_s = 0;
  std::uint32_t linger_ms = 0;
  pushes_to_come waiting;
  bool wants_counts = false;
  bool wants_reasons = false;
  bool has_joined = false;
  bool is_member_by_presence = false; ///< Joined with one, not to watch.
  bool is_replaced = false;           ///< Before the client has joined.
};

using channel_self = caf::stateful_actor<presence_channel_state>;

/// Answers an event, if its client wants an answer.
void reply(channel_self* self, const channel_event& event,
           std::string_view status, std::string response);

/// An error of a request as a client is told of it.
[[nodiscard]] std::string error_json(const caf::error& error);

/// What an event asks for, or nothing once the client has been told what is
/// wrong with it.
template <class Wish>
std::optional<Wish> wish_of(channel_self* self, const channel_event& event,
                            or_reason<Wish> (*read)(std::string_view)) {
  auto wish = event.payload.is_binary
                  ? or_reason<Wish>{bad_payload{"the payload is not JSON"}}
                  : read(event.payload.bytes);
  if (const auto* bad = std::get_if<bad_payload>(&wish)) {
    reply(self, event, "error", error_json("invalid_payload", bad->why));
    return std::nullopt;
  }
  return std::get<Wish>(std::move(wish));
}

/// Answers an event with `{}` when a request is done.
template <class Request>
void answer_when_done(channel_self* self, const channel_event_ptr& event,
                      Request request) {
  std::move(request).then([self, event] { reply(self, *event, "ok", "{}"); },
                          [self, event](const caf::error& wrong) {
                            reply(self, *event, "error", error_json(wrong));
                          });
}

// -- what clients ask for without a presence of their own ---------------------

void list(channel_self* self, const channel_event_ptr& event);
void count(channel_self* self, const channel_event_ptr& event);
void page(channel_self* self, const channel_event_ptr& event);
void watch_range(channel_self* self, const channel_event_ptr& event);
void unwatch_range(channel_self* self, const channel_event_ptr& event);
void follow(channel_self* self, const channel_event_ptr& event);
void unfollow(channel_self* self, const channel_event_ptr& event);

} // namespace rollcall::node
