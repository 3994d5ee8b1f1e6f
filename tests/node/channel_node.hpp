#pragma once

#include "app/node/presence_channel.hpp"
#include "tests/gateway/test_client.hpp"
#include "tests/support/contains.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace rollcall::test {

using node::channel_context;
using node::make_presence_channel;

inline config runtime_settings() {
  config result;
  result.diff_window = std::chrono::milliseconds{0};
  result.subscribers_per_topic_max = 2;
  result.last_seen_for = std::chrono::hours{1};
  result.single_session
      = {{"arena", session_policy::newest}, {"vault", session_policy::oldest}};
  return result;
}

inline gateway_config free_port() {
  gateway_config result;
  result.port = 0;
  result.auth_token = true;
  result.subprotocols = {"phoenix"};
  return result;
}

/// Joins and returns the reply; `presence_state` is still to come.
inline std::string enter(test_client& client, std::string_view payload) {
  client.join("room:1", "1", payload);
  return client.receive();
}

/// A client that joined "room:1".
struct room_member : test_client {
  room_member(std::uint16_t port, const connect_options& how)
      : test_client{port, how} {
    enter(*this, "{}");
  }
};

/// A gateway with the built-in channel, over real sockets.
struct channel_node {
  caf::actor_system_config settings;
  caf::actor_system system{settings};
  presence who = *presence::start(system, runtime_settings());
  gateway clients;
  std::shared_ptr<channel_context> context
      = std::make_shared<channel_context>();

  explicit channel_node(const gateway_config& door = free_port())
      : clients{*gateway::start(system, who, door)} {
    context->who = who;
  }

  ~channel_node() {
    clients.stop();
    who.stop();
  }

  void open() {
    clients.channel("*", make_presence_channel(context));
    BOOST_REQUIRE(!clients.listen());
  }

  template <class Client = test_client>
  [[nodiscard]] Client connect(const std::string& params = {}) const {
    connect_options how;
    how.target += params;
    return Client{clients.port(), how};
  }

  /// A client of this user that joined "room:1".
  [[nodiscard]] room_member member(const std::string& user) const {
    return connect<room_member>("&user_id=" + user);
  }
};

struct open_node : channel_node {
  open_node() {
    open();
  }
};

/// A node whose outbox is as small as it may be.
struct narrow_node : channel_node {
  narrow_node() : channel_node{narrow()} {
    open();
  }

  static gateway_config narrow() {
    auto settings = free_port();
    settings.outbox_bytes_max = 65'536;
    settings.client_presence_calls_per_second_max = 0;
    return settings;
  }
};

/// Sends an event and returns its reply, whatever comes before it.
inline std::string ask(test_client& client, std::string_view event,
                       std::string_view payload = "{}") {
  client.event("room:1", event, payload);
  return client.receive_with("phx_reply");
}

} // namespace rollcall::test
