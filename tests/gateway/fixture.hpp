#pragma once

#include "tests/gateway/room_channel.hpp"
#include "tests/gateway/test_client.hpp"
#include <rollcall/gateway.hpp>
#include <rollcall/presence.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

namespace rollcall::test {

/// A gateway with rooms on a free port of the loopback.
class running_gateway {
public:
  explicit running_gateway(gateway_config settings = {},
                           hooks_factory hooks = {});
  ~running_gateway();

  /// Opens the port; before it, `door` may be told more.
  void open();

  [[nodiscard]] std::uint64_t refused(refusal why) const {
    return door.stats().refusals[static_cast<std::size_t>(why)];
  }

  [[nodiscard]] std::uint16_t port() const {
    return door.port();
  }

  caf::actor_system_config system_settings;
  caf::actor_system system;
  presence who;
  gateway door;
};

/// A gateway that is open.
struct open_gateway : running_gateway {
  explicit open_gateway(gateway_config settings = {}, hooks_factory hooks = {})
      : running_gateway{std::move(settings), std::move(hooks)} {
    open();
  }
};

/// The settings of most tests.
[[nodiscard]] gateway_config test_settings();

/// The same, but for one setting.
template <class T>
[[nodiscard]] gateway_config test_settings(T gateway_config::*setting,
                                           std::type_identity_t<T> value) {
  auto settings = test_settings();
  settings.*setting = std::move(value);
  return settings;
}

/// What a client joins with that wants to hear nothing unasked.
inline const std::string quiet = R"({"quiet":1})";

/// A client that is a member of "room:a".
struct one_member : open_gateway {
  explicit one_member(gateway_config settings = test_settings())
      : open_gateway{std::move(settings)} {
    client.join_ok("room:a", "1", quiet);
  }

  test_client client{port()};
};

/// Waits until it is true. @returns false if it never is.
template <class Predicate>
[[nodiscard]] bool eventually(Predicate is_true) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!is_true()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    std::this_thread::yield();
  }
  return true;
}

} // namespace rollcall::test
