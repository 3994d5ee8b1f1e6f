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

  [[nodiscard]] test_client connect(const std::string& params = {}) const {
    connect_options how;
    how.target += params;
    return test_client{clients.port(), how};
  }
};

struct open_node : channel_node {
  open_node() {
    open();
  }
};

/// Joins and returns the reply; `presence_state` is still to come.
inline std::string enter(test_client& client, std::string_view payload) {
  client.join("room:1", "1", payload);
  return client.receive();
}

/// Sends an event and returns its reply, whatever comes before it.
inline std::string ask(test_client& client, std::string_view event,
                       std::string_view payload = "{}") {
  client.event("room:1", event, payload);
  return client.receive_with("phx_reply");
}

} // namespace rollcall::test
