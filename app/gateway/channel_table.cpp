#include "app/gateway/channel_table.hpp"

#include "app/gateway/json_text.hpp"
#include <rollcall/json_string.hpp>

#include <algorithm>
#include <utility>

namespace rollcall::channels {

namespace {

constexpr std::size_t topic_bytes_max = 255;

/// `reason` needs no quoting.
std::string reason_object(std::string_view reason,
                          std::string_view detail = {}) {
  auto result = "{\"reason\":\"" + std::string{reason} + '"';
  if (!detail.empty()) {
    result += ",\"detail\":";
    append_json_string(result, detail);
  }
  return result + '}';
}

refusal refusal_of(problem why) noexcept {
  if (why == problem::too_large)
    return refusal::message_too_large;
  return reason_of(why) == "invalid_topic" ? refusal::invalid_topic
                                           : refusal::invalid_message;
}

std::size_t cost(const message& message) noexcept {
  return sizeof message + message.payload.bytes.size();
}

bool is_for(const channel& which, const message& message) noexcept {
  return message.join_ref == null_ref || message.join_ref == which.join_ref;
}

} // namespace

void channel_table::receive(message message) {
  if (is_closed_)
    return;
  if (message.topic == "phoenix" && message.event == "heartbeat") {
    reply_ok(null_ref, message);
    return;
  }
  if (message.event == "access_token" && renew(message))
    return;
  auto* found = find_topic(message.topic);
  if (found && found->now == phase::joining)
    wait(*found, std::move(message));
  else if (message.event == "phx_join")
    join(found, std::move(message));
  else if (message.event == "phx_leave")
    leave(found, message);
  else
    event(found, std::move(message));
}

/// Not for channels, whatever the topic: they might pass a token on.
bool channel_table::renew(const message& message) {
  const auto problem = effects_.renew(message.payload);
  if (!problem)
    return false;
  if (problem->empty())
    reply_ok(message.join_ref, message);
  else
    refuse(message, message.join_ref, "unauthorized", refusal::token_refused,
           *problem);
  return true;
}

void channel_table::wait(channel& which, message message) {
  if (waiting_messages_ == waiting_messages_max
      || waiting_bytes_ + cost(message) > waiting_bytes_max) {
    effects_.close(close_code::policy,
                   "too much was sent while a join was pending",
                   refusal::flood);
    return;
  }
  const auto bytes = cost(message);
  which.pending->waiting.push_back(std::move(message));
  ++waiting_messages_;
  waiting_bytes_ += bytes;
}

void channel_table::join(channel* old, message message) {
  if (old)
    replace(*old);
  if (!may_join(message))
    return;
  auto made = effects_.make_channel();
  auto& fresh = *made;
  fresh.own_ref = message.join_ref == null_ref ? message.ref : message.join_ref;
  fresh.topic = std::move(message.topic);
  fresh.join_ref = std::move(message.join_ref);
  fresh.pending = std::make_unique<channel::pending_join>();
  fresh.pending->ref = std::move(message.ref);
  channels_.push_back(std::move(made));
  if (const auto reason = effects_.start(fresh, std::move(message.payload));
      !reason.empty())
    fail_join(fresh, reason_object(reason),
              reason == crashed ? refusal::join_crashed
                                : refusal::join_rejected);
}

void channel_table::replace(channel& old) {
  // Not with a null join_ref: that would close the new incarnation.
  if (old.now == phase::joined && old.join_ref != null_ref)
    effects_.send({encode_close(old.join_ref, old.topic)});
  remove(old, false);
}

bool channel_table::may_join(const message& message) {
  if (!effects_.serves(message.topic)) {
    refuse(message, null_ref, "unmatched topic", refusal::unmatched_topic);
    return false;
  }
  if (message.topic.empty() || message.topic.size() > topic_bytes_max) {
    refuse(message, message.join_ref, "invalid_topic", refusal::invalid_topic,
           "a topic has 1 to 255 bytes");
    return false;
  }
  if (!has_room()) {
    refuse(message, message.join_ref, "too many channels joined",
           refusal::channels_max);
    return false;
  }
  if (!effects_.admits_join()) {
    refuse(message, message.join_ref, "overloaded", refusal::join_rate);
    return false;
  }
  return true;
}

/// A client that was told of its leave may use the place, though the actor has
/// not ended yet; of such there may be as many again.
bool channel_table::has_room() const {
  const auto held
      = std::count_if(channels_.begin(), channels_.end(), [](const auto& each) {
          return each->now != phase::leaving;
        });
  return static_cast<std::size_t>(held) < channels_max_
         && channels_.size() < 2 * channels_max_;
}

void channel_table::refuse(const message& message, std::string_view join_ref,
                           std::string_view reason, refusal why,
                           std::string_view detail) {
  effects_.count(why);
  effects_.send(encode_reply(join_ref, message.ref, message.topic, "error",
                             {reason_object(reason, detail)}));
}

void channel_table::refuse(const message_head& head, problem why) {
  if (is_closed_)
    return;
  if (head.event == R"("phx_join")")
    if (const auto topic = unquote(head.topic))
      if (auto* old = find_topic(*topic); old && old->now != phase::joining)
        replace(*old);
  effects_.count(refusal_of(why));
  effects_.send({encode_refusal(head, reason_of(why), describe(why))});
}

void channel_table::leave(channel* which, const message& message) {
  if (!which || which->now == phase::leaving) {
    reply_ok(message.join_ref, message);
    return;
  }
  if (!is_for(*which, message)) {
    effects_.count(refusal::stale_message);
    return;
  }
  reply_ok(which->own_ref, message);
  effects_.send({encode_close(which->join_ref, which->topic)});
  which->now = phase::leaving;
  effects_.leave(*which);
}

void channel_table::event(channel* which, message message) {
  // A leaving channel is closed already, as far as its client knows.
  if (!which || which->now == phase::leaving)
    refuse(message, null_ref, "unmatched topic", refusal::unmatched_topic);
  else if (!is_for(*which, message))
    effects_.count(refusal::stale_message);
  else
    effects_.deliver(*which, std::move(message));
}

void channel_table::accept(std::uint64_t id, std::string response,
                           presence_view view) {
  auto* which = find(id);
  if (!which || which->now != phase::joining)
    return;
  auto pending = std::move(which->pending);
  which->now = phase::joined;
  effects_.send(encode_reply(which->join_ref, pending->ref, which->topic, "ok",
                             {std::move(response)}));
  effects_.enter(*which, view);
  resume(std::move(pending));
}

void channel_table::reject(std::uint64_t id, std::string response) {
  auto* which = find(id);
  if (which && which->now == phase::joining)
    fail_join(*which, std::move(response), refusal::join_rejected);
}

void channel_table::fail_join(channel& which, std::string response,
                              refusal why) {
  auto pending = std::move(which.pending);
  effects_.count(why);
  effects_.send(encode_reply(which.join_ref, pending->ref, which.topic, "error",
                             {std::move(response)}));
  remove(which, false);
  resume(std::move(pending));
}

void channel_table::end(std::uint64_t id, bool is_crash) {
  auto* which = find(id);
  if (!which)
    return;
  if (which->now == phase::joining) {
    fail_join(*which, reason_object(crashed), refusal::join_crashed);
    return;
  }
  if (which->now == phase::joined && is_crash) {
    effects_.send({encode_error(which->join_ref, which->topic)});
    effects_.count_crash();
  } else if (which->now == phase::joined) {
    effects_.send({encode_close(which->join_ref, which->topic)});
  }
  remove(*which, true);
}

void channel_table::crash_join(std::uint64_t id) {
  if (const auto* which = find(id); which && which->now == phase::joining)
    end(id, true);
}

void channel_table::clear() {
  is_closed_ = true;
  while (!channels_.empty())
    remove(*channels_.back(), false);
}

void channel_table::remove(channel& which, bool is_ended) {
  effects_.release(which, is_ended);
  const auto found = std::find_if(
      channels_.begin(), channels_.end(),
      [&which](const slot& each) { return each.get() == &which; });
  channels_.erase(found);
}

void channel_table::resume(std::unique_ptr<channel::pending_join> pending) {
  for (auto& message : pending->waiting) {
    --waiting_messages_;
    waiting_bytes_ -= cost(message);
    receive(std::move(message));
  }
}

void channel_table::reply_ok(std::string_view join_ref,
                             const message& message) {
  effects_.send(
      encode_reply(join_ref, message.ref, message.topic, "ok", {"{}"}));
}

channel* channel_table::find(std::uint64_t id) noexcept {
  for (const auto& each : channels_)
    if (each->id == id)
      return each.get();
  return nullptr;
}

channel* channel_table::find_topic(std::string_view topic) noexcept {
  for (const auto& each : channels_)
    if (each->topic == topic)
      return each.get();
  return nullptr;
}

} // namespace rollcall::channels
