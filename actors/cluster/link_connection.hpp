#pragma once

#include "actors/cluster/link.hpp"
#include "actors/cluster/link_hello.hpp"
#include "actors/cluster/link_pump.hpp"
#include "actors/cluster/link_stream.hpp"

#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall {

/// One TCP connection on its way to be a link, as a link, and until CAF has let
/// go of it:
///
///     handshake (TLS) -> hello -> [waiting] -> BASP handshake -> up -> ended
///
/// Threads: the link's.
class link_connection : public std::enable_shared_from_this<link_connection> {
public:
  link_connection(link_core& core, link_id id, link_side side,
                  link_stream stream, std::string address);

  /// Starts the handshakes. `done` hears the outcome of a dialed connection.
  void start(cluster_link::connected done = {});

  /// Demands `host` in the peer's certificate. Before `start`.
  void check_host_name(const std::string& host);

  /// Goes on after a hello, when no older connection to the same peer is left.
  void proceed();

  /// As `link_pump::send_heartbeat`, if it is up.
  void send_heartbeat(std::string_view packet);

  /// Ends it for good, with what the peer did, if it did.
  void end(link_error code, std::string reason,
           std::optional<link_reject> fault = {});

  /// As `end`, and does not wait for CAF.
  void abort();

  [[nodiscard]] link_id id() const {
    return id_;
  }

  [[nodiscard]] link_side side() const {
    return side_;
  }

  /// Who is at the other end; not set before its hello was taken.
  [[nodiscard]] const std::optional<node_key>& peer() const {
    return peer_;
  }

  [[nodiscard]] bool is_up() const {
    return is_up_;
  }

  [[nodiscard]] bool has_ended() const {
    return has_ended_;
  }

  [[nodiscard]] bool is_waiting() const {
    return is_waiting_;
  }

private:
  using error_code = boost::system::error_code;

  void shake_hands();
  void handshake_failed(const error_code& failed);
  void say_hello(hello_status status);
  void hear_hello();
  void heard_hello();
  void answer_hello(const node_key& peer);
  void take_answer(const link_hello& answer);
  void wait_or_proceed();
  void attach(int local, int remote);
  pump_events make_pump_events();
  std::function<void(std::string)> heartbeat_event() const;
  void came_up();
  void joined(caf::expected<caf::actor> published);
  void finish(caf::expected<link_peer> outcome);
  void let_go();
  void remove();

  link_core& core_;
  link_id id_;
  link_side side_;
  std::shared_ptr<link_stream> stream_;
  std::string address_;
  boost::asio::steady_timer deadline_;
  cluster_link::connected done_;
  hello_buffer hello_{};
  std::optional<node_key> peer_;
  std::shared_ptr<link_pump> pump_;
  bool is_waiting_ = false;
  bool is_up_ = false;
  bool has_ended_ = false;
};

} // namespace rollcall
