#pragma once

#include "rollcall/error.hpp"
#include "rollcall/gateway_stats.hpp"
#include "rollcall/presence.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/expected.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall {

/// Parameters of a request: query fields, decoded.
using parameters = std::map<std::string, std::string, std::less<>>;

/// What `connect` may decide upon.
struct connect_info {
  std::string path;   ///< Of the request, without the query.
  parameters params;  ///< From the query; `vsn` included.
  parameters headers; ///< Names in lower case.
  std::string peer_address;
  std::uint16_t peer_port = 0;
  std::optional<std::string> auth_token; ///< From the subprotocol.
};

/// What `connect` answers: accepted with values for the channels, or refused.
struct connect_result {
  bool is_accepted = true;
  unsigned status = 403;               ///< HTTP status of a refusal.
  std::string body;                    ///< Body of a refusal.
  std::string session_id;              ///< Names the session for `disconnect`.
  std::shared_ptr<const void> assigns; ///< The embedder's data, see `join`.
};

using connect_function = std::function<connect_result(const connect_info&)>;

/// A payload as the protocol carries it: JSON text, or raw bytes.
struct payload {
  std::string bytes;
  bool is_binary = false;
};

/// The client side of one channel: what a channel actor answers and pushes
/// through. Cheap to copy. After the channel ended, calls do nothing.
///
/// Threads: any. Messages of one channel leave in the order of the calls.
class client {
public:
  class port;

  client() = default;
  explicit client(std::shared_ptr<port> impl) noexcept;

  /// Accepts the join: replies `ok` with a JSON object. From now on broadcasts
  /// of the topic reach the client. With `and_state`, a `presence_state` of
  /// the topic follows at once.
  void accept(std::string response = "{}", bool and_state = false) const;

  /// Refuses the join with a JSON object; the channel actor should then quit.
  void reject(std::string response) const;

  /// Answers the event that came with `ref`, now or later. `status` is "ok",
  /// "error" or the application's own.
  void reply(std::string_view ref, std::string_view status,
             payload response) const;

  /// Sends an event to this client alone. JSON must be an object.
  void push(std::string_view event, payload what) const;

  /// Names the client to `presence::broadcast`, to leave it out.
  [[nodiscard]] std::uint64_t id() const noexcept;

private:
  std::shared_ptr<port> impl_;
};

/// What a channel actor is made with.
struct join {
  std::string topic;
  payload params; ///< Payload of `phx_join`.
  /// Of the session, shared by its channels; never empty.
  std::shared_ptr<const connect_info> connection;
  std::shared_ptr<const void> assigns; ///< From `connect_result`.
  client peer;
  /// The client's I/O thread as CAF sees it. For Rollcall's own channels: an
  /// actor that is spawned there runs there, so it must never block.
  caf::execution_unit* home = nullptr;
};

using join_ptr = std::shared_ptr<const join>;

/// An event from the client.
///
/// Sent by: gateway.  Handled by: channel actors.
struct channel_event {
  std::string ref; ///< To reply with; empty if none.
  std::string event;
  payload what;
};

using channel_event_ptr = std::shared_ptr<const channel_event>;

/// The client leaves. The gateway has confirmed it; the channel actor should
/// end, after pushes of its own, and is ended if it does not within 5 s.
///
/// Sent by: gateway.  Handled by: channel actors.
struct channel_leave {};

/// Spawns the channel actor of one join. The actor must `accept` or `reject`;
/// it handles `channel_event_ptr` and `channel_leave`. It ends with
/// `exit_reason::normal` or a shutdown reason for an orderly end (`phx_close`),
/// with anything else for a crash (`phx_error`, the client rejoins).
/// Runs on an I/O thread: no blocking. A throw answers `join crashed`.
using channel_factory
    = std::function<caf::actor(caf::actor_system&, const join_ptr&)>;

/// A plain HTTP request that is no WebSocket connect.
struct http_request {
  std::string method;
  std::string path;
  parameters params;
  parameters headers; ///< Names in lower case.
  std::string peer_address;
};

struct http_response {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  parameters headers;
};

/// Answers on an I/O thread: no blocking. Empty means 404.
using http_function
    = std::function<std::optional<http_response>(const http_request&)>;

/// How a gateway behaves. Immutable once started.
struct gateway_config {
  std::string address = "127.0.0.1"; ///< To listen on, an IP address.
  std::uint16_t port = 4000;         ///< 0: any free one, see `port()`.
  /// Mount; a segment `:name` takes whatever the request has there and gives
  /// it to `connect` as a parameter.
  std::string path = "/socket";
  std::string endpoint = "/websocket"; ///< What is appended to `path`.
  std::uint16_t io_threads = 1;        ///< 1 to 64.
  bool reuse_port = false;

  /// Origins that browsers may come from: `*` all, `same-host` the host that
  /// the request names, or a list of `scheme://host:port` with optional parts
  /// and `//*.example.com`.
  std::vector<std::string> origins{"same-host"};
  std::vector<std::string> subprotocols; ///< Offered to clients, in order.
  bool auth_token = false;               ///< Take tokens from the subprotocol.

  std::chrono::milliseconds idle_timeout{60'000};      ///< At least 100 ms.
  std::chrono::milliseconds handshake_timeout{10'000}; ///< At least 100 ms.

  /// How long a channel actor may take to accept or reject. Then the client
  /// gets `join crashed`. At least 100 ms.
  std::chrono::milliseconds join_timeout{30'000};

  /// How long a channel actor may live on after its client left; then it is
  /// killed. At least 10 ms.
  std::chrono::milliseconds leave_timeout{5'000};
  std::size_t frame_bytes_max = 65'536; ///< Of one message; above: 1009.
  std::size_t json_depth_max = 64;      ///< Nesting of a payload.

  /// Unsent bytes of one session, beside the 16 KiB or one message that are
  /// being written. A client that reads too slowly and goes above is closed
  /// with 1008; the rest of its frames is dropped.
  std::size_t outbox_bytes_max = 4u << 20;
  std::size_t channels_per_session_max = 100;
  std::size_t sessions_max = 100'000;     ///< Above: 503.
  std::uint32_t joins_per_second_max = 0; ///< 0: no limit; above: error reply.

  std::string tls_certificate_file; ///< PEM chain; empty: no TLS.
  std::string tls_key_file;
};

/// Checks every bound and file. @returns the first broken one.
[[nodiscard]] caf::error validate(const gateway_config& settings);

/// Phoenix clients over WebSocket, protocol V2.
class gateway {
public:
  gateway() = default;

  /// Listens. Errors: `invalid_config`, also for a taken port or a bad file.
  [[nodiscard]] static caf::expected<gateway>
  start(caf::actor_system& system, presence who, gateway_config settings);

  /// Registers a factory for topics: exact, or a prefix and `*`. First match in
  /// order of registration wins. Before `listen`. Topics that begin with
  /// `rollcall:` are for the gateways themselves; nobody can join them.
  void channel(std::string pattern, channel_factory factory);
  void on_connect(connect_function decide);
  void on_http(http_function answer);

  /// Opens the port.
  [[nodiscard]] caf::error listen();

  /// The port that is listened on.
  [[nodiscard]] std::uint16_t port() const noexcept;

  /// Closes all sessions that `connect` gave this id, with 1001, on every node
  /// of the cluster that has a gateway. Like `presence::broadcast`: at most
  /// once.
  void disconnect(const std::string& session_id);

  /// Stops accepting, closes sessions with 1012 in waves over at most `spread`.
  /// Blocks until all are gone, or `spread` and two seconds have passed.
  void drain(std::chrono::milliseconds spread);

  /// Closes everything and joins the I/O threads.
  void stop();

  [[nodiscard]] gateway_stats stats() const;

private:
  class impl;
  std::shared_ptr<impl> impl_;
};

} // namespace rollcall

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::join_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::channel_event_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::channel_leave)
