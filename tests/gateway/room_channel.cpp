#include "tests/gateway/room_channel.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <atomic>
#include <stdexcept>
#include <string>
#include <utility>

namespace rollcall::test {

namespace {

std::atomic<int> living{0};

struct room_state {
  static constexpr const char* name = "test.room";

  room_state() {
    ++living;
  }
  ~room_state() {
    --living;
  }

  join_ptr request;
  presence who;
  std::string key;
  bool stays = false;
};

using room_actor = caf::stateful_actor<room_state>;

bool asks(const join& request, std::string_view wish) {
  return request.params.bytes.find(wish) != std::string::npos;
}

/// The value of `"key":"value"` in the join payload.
std::string key_of(const join& request) {
  const std::string mark = "\"key\":\"";
  const auto& text = request.params.bytes;
  const auto at = text.find(mark);
  if (at == std::string::npos)
    return {};
  const auto start = at + mark.size();
  return text.substr(start, text.find('"', start) - start);
}

void broadcast(room_actor* self, std::string event, payload payload,
               bool to_all) {
  const auto& request = *self->state.request;
  self->state.who.broadcast(std::make_shared<const topic_event>(
      topic_event{request.topic, std::move(event), std::move(payload.bytes),
                  payload.is_binary, to_all ? 0 : request.client.id()}));
}

void welcome(room_actor* self) {
  const auto& request = *self->state.request;
  request.client.accept("{}", asks(request, "state")
                                  ? presence_view::state_and_diffs
                                  : presence_view::diffs);
  if (!asks(request, "quiet")) {
    request.client.push("joined", {R"({"status":"connected"})"});
    broadcast(self, "user_entered", {R"({"user":null})"}, true);
  }
}

void begin(room_actor* self) {
  auto& state = self->state;
  const auto& request = *state.request;
  if (asks(request, "ignore")) {
    request.client.reject(R"({"reason":"ignore"})");
    self->quit();
  } else if (asks(request, "raise")) {
    throw std::runtime_error{"raised in join"};
  } else if (state.key = key_of(request); !state.key.empty()) {
    state.who.track(self, request.topic, state.key, "{}")
        .then([self](const tracked&) { welcome(self); },
              [self](const caf::error& problem) { self->quit(problem); });
  } else if (!asks(request, "hang")) {
    welcome(self);
  }
}

void reply_with_keys(room_actor* self, const std::string& ref) {
  std::string keys;
  for (const auto& each : self->state.who.list(self->state.request->topic))
    keys += std::string{each.key()} + " ";
  self->state.request->client.reply(ref, "ok", {"{\"keys\":\"" + keys + "\"}"});
}

void flood(const client& client) {
  const payload large{"{\"x\":\"" + std::string(65'536, 'x') + "\"}"};
  for (int i = 0; i < 100; ++i)
    client.push("large", large);
}

void answer(room_actor* self, const channel_event& event) {
  const auto& client = self->state.request->client;
  const auto& name = event.event;
  if (name == "echo") {
    client.reply(event.ref, "ok", event.payload);
  } else if (name == "later") {
    self->send(self, event.ref);
  } else if (name == "twice") {
    client.reply(event.ref, "ok", {"1"});
    client.reply(event.ref, "", {"2"});
  } else if (name == "list") {
    reply_with_keys(self, event.ref);
  } else if (name == "update") {
    self->state.who
        .update(self, self->state.request->topic, self->state.key, "{\"m\":2}")
        .then([client, ref = event.ref](const tracked&) {
          client.reply(ref, "ok", {"{}"});
        });
  } else if (name == "flood") {
    flood(client);
  } else if (name == "binary") {
    client.reply(event.ref, "ok", {event.payload.bytes + "\3\4", true});
    client.push("binary_push", {std::string{"\0\1", 2}, true});
  }
}

void take_event(room_actor* self, const channel_event& event) {
  const auto& name = event.event;
  if (name == "boom")
    throw std::runtime_error{"boom"};
  if (name == "stop")
    self->quit();
  else if (name == "stay")
    self->state.stays = true;
  else if (name == "new_msg")
    broadcast(self, name, event.payload, true);
  else if (name == "others")
    broadcast(self, name, event.payload, false);
  answer(self, event);
}

caf::behavior room(room_actor* self, const join_ptr& request,
                   const presence& who) {
  self->state.request = request;
  self->state.who = who;
  self->set_exit_handler([self](caf::exit_msg& message) {
    if (!self->state.stays || message.reason == caf::exit_reason::kill)
      self->quit(std::move(message.reason));
  });
  // From a message, so that nothing is thrown out of `spawn`.
  self->send(self, caf::unit);
  return {
      [self](caf::unit_t) { begin(self); },
      [self](const channel_event_ptr& event) { take_event(self, *event); },
      [self](const std::string& ref) {
        self->state.request->client.reply(ref, "ok", {R"({"late":true})"});
      },
      [self](channel_leave) {
        self->state.request->client.push("you_left", {R"({"message":"bye!"})"});
        if (!self->state.stays)
          self->quit();
      },
  };
}

} // namespace

channel_factory room_channel(presence who) {
  return [who = std::move(who)](caf::actor_system& system,
                                const join_ptr& request) {
    if (request->topic == "room:throws")
      throw std::runtime_error{"no room"};
    return system.spawn(room, request, who);
  };
}

int living_channels() noexcept {
  return living;
}

} // namespace rollcall::test
