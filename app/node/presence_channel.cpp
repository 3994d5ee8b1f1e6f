#include "app/node/presence_channel.hpp"

#include "app/node/auth.hpp"
#include "app/node/channel_events.hpp"
#include "app/node/channel_pushes.hpp"
#include "app/node/unix_time.hpp"
#include <rollcall/nonblocking.hpp>
#include <rollcall/presence_json.hpp>

#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

namespace rollcall::node {

namespace {

std::string guest_key() {
  std::array<unsigned char, 8> bytes{};
  // Fails only without any source of entropy; two guests then share a key.
  static_cast<void>(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())));
  std::string out = "guest-";
  for (const auto byte : bytes)
    fmt::format_to(std::back_inserter(out), "{:02x}", byte);
  return out;
}

void reject(channel_self* self, std::string response) {
  self->state.client.reject(std::move(response));
  self->quit();
}

presence_view view_of(const presence_channel_state& state) {
  if (state.wants_counts)
    return presence_view::none;
  return state.wants_reasons ? presence_view::state_and_diffs_with_reasons
                             : presence_view::state_and_diffs;
}

void accept(channel_self* self, std::string_view phx_ref) {
  std::string response = "{\"key\":";
  append_json_string(response, self->state.key);
  if (!phx_ref.empty()) {
    response += ",\"phx_ref\":";
    append_json_string(response, phx_ref);
  }
  auto& state = self->state;
  state.has_joined = true;
  state.client.accept(response += '}', view_of(state));
  if (state.wants_counts)
    state.context->who
        .watch_counts(self, state.topic,
                      state.context->settings.counts_interval)
        .then([] {}, [self](const caf::error& wrong) { self->quit(wrong); });
}

/// Another session of the key counts. A client that joined with the presence
/// has its channel closed for good: by a crash it would join again, and two
/// devices would end each other for ever.
void replaced(channel_self* self) {
  auto& state = self->state;
  if (!state.has_joined) { // The answer to the track is still to come.
    state.is_replaced = true;
    return;
  }
  std::string payload = "{\"key\":";
  append_json_string(payload, state.key);
  state.client.push("presence_replaced", {payload += '}', false});
  if (state.is_member_by_presence)
    self->quit();
}

/// What the client asked for, as far as it may; the setting, if it did not ask.
std::uint32_t linger_of(const presence_channel_state& state,
                        const join_wish& wish) {
  const auto& settings = state.context->settings;
  if (!wish.linger_ms)
    return settings.linger_ms;
  const auto assigns = state.client.assigns();
  const auto* who = static_cast<const identity*>(assigns.get());
  const auto allowed = who != nullptr && who->linger_ms_max
                           ? *who->linger_ms_max
                           : settings.linger_ms_max;
  return std::min(*wish.linger_ms, std::max(allowed, settings.linger_ms));
}

track_options options_of(const presence_channel_state& state) {
  return {.linger_ms = state.linger_ms};
}

void track_and_accept(channel_self* self, const client_meta& meta) {
  auto& state = self->state;
  const auto start = channels::latency_recorder::clock::now();
  state.context->who
      .track(self, state.topic, state.key,
             with_online_at(meta, state.online_at_s), options_of(state))
      .then(
          [self, start](const tracked& done) {
            const auto took = channels::latency_recorder::clock::now() - start;
            self->state.context->track_time.record(took);
            accept(self, done.phx_ref());
            if (self->state.is_replaced)
              replaced(self);
          },
          [self](const caf::error& wrong) { reject(self, error_json(wrong)); });
}

void start(channel_self* self, const join& request) {
  auto& state = self->state;
  if (const auto* who = static_cast<const identity*>(request.assigns.get());
      state.context->is_auth_required
      && (who == nullptr || !who->may_join(request.topic)))
    return reject(self, node::error_json("unauthorized"));
  if (request.params.is_binary)
    return reject(
        self, node::error_json("invalid_payload", "the payload is not JSON"));
  auto read = read_join(request.params.bytes);
  if (const auto* bad = std::get_if<bad_payload>(&read))
    return reject(self, node::error_json("invalid_payload", bad->why));
  auto& wish = std::get<join_wish>(read);
  state.topic = request.topic;
  state.key = choose_key(request, std::move(wish.key));
  state.online_at_s = unix_seconds();
  state.linger_ms = linger_of(state, wish);
  state.wants_counts = wish.wants_counts;
  state.wants_reasons = wish.wants_reasons;
  state.is_member_by_presence = wish.is_tracked;
  if (wish.is_tracked)
    track_and_accept(self, wish.meta);
  else
    accept(self, {});
}

/// The meta of an event, or nothing once the client has been told what is
/// wrong with it.
std::optional<std::string> meta_of(channel_self* self,
                                   const channel_event& event) {
  const auto meta = wish_of(self, event, read_meta);
  if (!meta)
    return std::nullopt;
  return with_online_at(*meta, self->state.online_at_s);
}

/// Answers an event with what a request to the presence runtime gives.
template <class Request>
void answer_with_ref(channel_self* self, const channel_event_ptr& event,
                     Request request) {
  std::move(request).then(
      [self, event](const tracked& done) {
        std::string response = "{\"phx_ref\":";
        append_json_string(response, done.phx_ref());
        reply(self, *event, "ok", response += '}');
      },
      [self, event](const caf::error& wrong) {
        reply(self, *event, "error", error_json(wrong));
      });
}

void track(channel_self* self, const channel_event_ptr& event) {
  const auto& state = self->state;
  if (auto meta = meta_of(self, *event))
    answer_with_ref(self, event,
                    state.context->who.track(self, state.topic, state.key,
                                             *meta, options_of(state)));
}

void update(channel_self* self, const channel_event_ptr& event) {
  const auto& state = self->state;
  if (auto meta = meta_of(self, *event))
    answer_with_ref(
        self, event,
        state.context->who.update(self, state.topic, state.key, *meta));
}

void untrack(channel_self* self, const channel_event_ptr& event) {
  const auto& state = self->state;
  answer_when_done(self, event,
                   state.context->who.untrack(self, state.topic, state.key));
}

void relay(channel_self* self, const channel_event_ptr& event) {
  const auto& state = self->state;
  if (!state.context->settings.relay || !may_relay(event->event))
    return reply(self, *event, "error",
                 node::error_json("unknown_event", event->event));
  if (!event->payload.is_binary && !event->payload.bytes.starts_with('{'))
    return reply(
        self, *event, "error",
        node::error_json("invalid_payload", "the payload is not an object"));
  state.context->who.broadcast(
      self, std::make_shared<const topic_event>(
                topic_event{state.topic, event->event, event->payload.bytes,
                            event->payload.is_binary, state.client.id()}));
  reply(self, *event, "ok", "{}");
}

using event_handler = void (*)(channel_self*, const channel_event_ptr&);

constexpr std::pair<std::string_view, event_handler> handlers[] = {
    {"presence:update", update},
    {"presence:track", track},
    {"presence:untrack", untrack},
    {"presence:list", list},
    {"presence:count", count},
    {"presence:page", page},
    {"presence:range", watch_range},
    {"presence:unrange", unwatch_range},
    {"follow", follow},
    {"unfollow", unfollow},
};

void handle(channel_self* self, const channel_event_ptr& event) {
  for (const auto& [name, handler] : handlers)
    if (event->event == name)
      return handler(self, event);
  relay(self, event);
}

caf::behavior presence_channel(channel_self* self, channel_context_ptr context,
                               const join_ptr& request) {
  self->state.context = std::move(context);
  self->state.client = request->client;
  start(self, *request);
  return {
      [self](const channel_event_ptr& event) { handle(self, event); },
      [self](channel_leave) { self->quit(); },
      [self](const told_event& event) {
        self->state.client.push(event.event, {event.payload, event.is_binary});
      },
      [self](const follow_state& told) {
        push(self->state.client, self->state.context->who, told);
      },
      [self](const came_online& told) { push(self->state.client, told); },
      [self](const went_offline& told) { push(self->state.client, told); },
      [self](const topic_counts_ptr& told) {
        push(self->state.client, self->state.waiting, told);
      },
      [self](const push_turn_ptr&) {
        push_next(self->state.client, self->state.waiting);
      },
      [self](const topic_range_ptr& told) {
        push(self->state.client, self->state.waiting, *told);
      },
      [self](const presence_replaced&) { replaced(self); },
  };
}

} // namespace

std::string choose_key(const join& request, std::string wished) {
  if (const auto* who = static_cast<const identity*>(request.assigns.get()))
    return who->subject;
  const auto& params = request.connection->params;
  if (const auto user = params.find("user_id");
      user != params.end() && !user->second.empty())
    return user->second;
  return wished.empty() ? guest_key() : std::move(wished);
}

channel_factory make_presence_channel(channel_context_ptr context) {
  return [context](caf::actor_system& system, const join_ptr& request) {
    return spawn_nonblocking(system, request->io_thread, presence_channel,
                             context, request);
  };
}

} // namespace rollcall::node
