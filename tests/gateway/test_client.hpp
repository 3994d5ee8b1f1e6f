#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace rollcall::test {

/// What an HTTP request came to.
struct http_answer {
  unsigned status = 0;
  std::string body;
  std::string subprotocol;
};

/// How a test connects.
struct connect_options {
  std::string target = "/socket/websocket?vsn=2.0.0";
  std::map<std::string, std::string> headers;
};

/// A client of the protocol that waits for what must come, with a generous
/// deadline.
class test_client {
public:
  static constexpr std::chrono::seconds deadline{20};

  explicit test_client(std::uint16_t port, const connect_options& how = {});
  ~test_client();

  /// What the server answered to the connect: 101 if all went well.
  [[nodiscard]] const http_answer& answer() const noexcept {
    return answer_;
  }

  void send(std::string_view text);
  void send_binary(std::string_view bytes);
  void ping(std::string_view payload);
  /// Writes bytes past the framing.
  void send_raw(std::string_view bytes);

  /// The next message; `<closed CODE REASON>` if the connection ended, or
  /// `<closed without a code>`.
  std::string receive();

  /// Skips messages until one contains `part`.
  std::string receive_with(std::string_view part);

  /// Skips all messages; the close code of the server, 1006 if it gave none.
  std::uint16_t receive_close();

  /// Sends a heartbeat and expects its answer as the very next message: so
  /// nothing else was on its way.
  bool is_quiet();

  void close(std::uint16_t code = 1000);
  void drop();

  /// Limits the receive buffer of the socket.
  void receive_slowly();

  [[nodiscard]] const std::string& last_pong() const noexcept {
    return last_pong_;
  }
  [[nodiscard]] const std::string& close_reason() const noexcept {
    return close_reason_;
  }

  // -- frames -----------------------------------------------------------------

  void join(std::string_view topic, std::string_view join_ref = "1",
            std::string_view payload = "{}", std::string_view ref = "1");
  /// Joins and expects `ok`.
  void join_ok(std::string_view topic, std::string_view join_ref = "1",
               std::string_view payload = "{}");
  void event(std::string_view topic, std::string_view name,
             std::string_view payload = "{}", std::string_view join_ref = "1",
             std::string_view ref = "2");

private:
  struct connection; ///< Keeps Beast out of the tests' compilation units.

  std::unique_ptr<connection> impl_;
  http_answer answer_;
  std::string last_pong_;
  std::string close_reason_;
  int heartbeats_ = 0;
};

/// A plain HTTP request on a connection of its own.
http_answer raw_http(std::uint16_t port, std::string_view request_text);

/// Frames as the server writes them.
std::string reply(std::string_view join_ref, std::string_view ref,
                  std::string_view topic, std::string_view status,
                  std::string_view response);

} // namespace rollcall::test
