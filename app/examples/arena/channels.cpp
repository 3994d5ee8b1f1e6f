#include "app/examples/arena/channels.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/message_handler.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <optional>
#include <string>
#include <utility>

namespace arena {

namespace {

namespace json = boost::json;

/// The member that is a command's argument, as a line would have it; empty if
/// there is none.
std::string argument_of(const rollcall::payload& content) {
  boost::system::error_code wrong;
  const auto value = json::parse(content.bytes, wrong);
  if (content.is_binary || wrong || !value.is_object())
    return {};
  const auto& object = value.get_object();
  for (const auto* name : {"name", "text", "stones"}) {
    const auto* member = object.if_contains(name);
    if (member == nullptr)
      continue;
    if (member->is_string())
      return std::string{member->get_string()};
    if (member->is_int64())
      return std::to_string(member->get_int64());
  }
  return {};
}

std::string reason_json(std::string_view reason) {
  return to_json(notice{{}, {{"reason", std::string{reason}}}});
}

/// A client of the gateway. A login is the join, so `welcome` accepts the join
/// and `refuse` of a login rejects it.
class channel_outlet final : public outlet {
public:
  explicit channel_outlet(rollcall::client client)
      : client_{std::move(client)} {
  }

  void welcome(const notice& news) override {
    client_.accept(to_json(news), rollcall::presence_view::state_and_diffs);
  }

  void push(const notice& news) override {
    client_.push(news.name, {to_json(news)});
  }

  void accept(const command& wish) override {
    if (!wish.ref.empty())
      client_.reply(wish.ref, "ok", {"{}"});
  }

  void refuse(const command& wish, std::string_view reason) override {
    if (wish.verb == verb::login)
      client_.reject(reason_json(reason));
    else if (!wish.ref.empty())
      client_.reply(wish.ref, "error", {reason_json(reason)});
  }

private:
  rollcall::client client_;
};

void handle(player_actor* self, const rollcall::client& client,
            const rollcall::channel_event& event) {
  auto wish = read_command(event.event, argument_of(event.payload));
  if (!wish || wish->verb == verb::login) {
    if (!event.ref.empty())
      client.reply(event.ref, "error", {reason_json("unknown_command")});
    return;
  }
  wish->ref = event.ref;
  self->state.handle(*wish);
}

caf::behavior channel_player(player_actor* self, player_context_ptr context,
                             const rollcall::join_ptr& request, command wish) {
  const auto client = request->client;
  auto usual = player(self, std::move(context),
                      std::make_shared<channel_outlet>(client));
  self->state.handle(wish);
  return caf::message_handler{
      [self, client](const rollcall::channel_event_ptr& event) {
        handle(self, client, *event);
      },
      [self](rollcall::channel_leave) { self->quit(); }}
      .or_else(std::move(usual));
}

caf::behavior watcher(caf::event_based_actor* self,
                      const rollcall::join_ptr& request) {
  const auto client = request->client;
  client.accept("{}", rollcall::presence_view::state_and_diffs);
  return {
      [client](const rollcall::channel_event_ptr& event) {
        if (!event->ref.empty())
          client.reply(event->ref, "error", {reason_json("only_watches")});
      },
      [self](rollcall::channel_leave) { self->quit(); },
  };
}

caf::behavior refused(caf::event_based_actor*,
                      const rollcall::join_ptr& request) {
  request->client.reject(reason_json("invalid_name"));
  return {};
}

} // namespace

rollcall::channel_factory lobby_channel(player_context_ptr context) {
  return [context = std::move(context)](caf::actor_system& system,
                                        const rollcall::join_ptr& request) {
    const auto name = argument_of(request->params);
    if (name.empty())
      return system.spawn(watcher, request);
    auto wish = read_command("login", name);
    return wish ? caf::actor_cast<caf::actor>(
               system.spawn(channel_player, context, request, std::move(*wish)))
                : system.spawn(refused, request);
  };
}

rollcall::channel_factory watch_channel() {
  return [](caf::actor_system& system, const rollcall::join_ptr& request) {
    return system.spawn(watcher, request);
  };
}

} // namespace arena
