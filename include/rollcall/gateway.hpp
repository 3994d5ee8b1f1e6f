#pragma once

#include "rollcall/error.hpp"
#include "rollcall/gateway_stats.hpp"
#include "rollcall/presence.hpp"
#include "rollcall/presence_view.hpp"
#include "rollcall/push_turn.hpp"

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
  std::string path;                      ///< Of the request, without the query.
  parameters params;                     ///< From the query; `vsn` included.
  parameters headers;                    ///< Names in lower case.
  std::string remote_address;            ///< The client's IP address.
  std::uint16_t remote_port = 0;         ///< The client's port.
  std::optional<std::string> auth_token; ///< From the subprotocol.
};

/// What `connect` answers: accepted with values for the channels, or refused.
struct connect_result {
  bool is_accepted = true;             ///< Whether the client may connect.
  unsigned status = 403;               ///< HTTP status of a refusal.
  std::string body;                    ///< Body of a refusal.
  std::string session_id;              ///< Names the session for `disconnect`.
  std::shared_ptr<const void> assigns; ///< The embedder's data, see `join`.
  /// When the session ends with 3000, unless it is renewed; empty: never.
  std::optional<std::chrono::system_clock::time_point> expires_at{};
};

/// Decides on the I/O thread: no blocking, else all clients of the thread wait.
using connect_function = std::function<connect_result(const connect_info&)>;

/// Takes the answer to one connect, once, on any thread; later calls do
/// nothing. If all copies go without a call, the client gets 500.
using connect_answer = std::function<void(connect_result)>;

/// Decides later: takes what it needs, returns at once and calls the answer
/// when a database or another service has spoken, within `connect_timeout`.
using async_connect_function
    = std::function<void(std::shared_ptr<const connect_info>, connect_answer)>;

/// Decides on a fresh token that a client hands in without a new connect, by
/// the event `access_token`. `session_id` must be that of the session, else
/// the token is refused. From then on `client::assigns` has the new `assigns`,
/// and so have joins that follow. On the I/O thread: no blocking.
using renew_function = std::function<connect_result(const connect_info&,
                                                    const std::string& token)>;

/// A payload as the protocol carries it: JSON text, or raw bytes.
struct payload {
  std::string bytes;      ///< The text or the bytes.
  bool is_binary = false; ///< Whether `bytes` is no JSON.
};

/// The client side of one channel: what a channel actor answers and pushes
/// through. Cheap to copy. After the channel ended, calls do nothing.
///
/// Threads: any. Messages of one channel leave in the order of the calls.
class client {
public:
  /// What the gateway puts behind it.
  class impl;

  /// A client of no channel: calls do nothing.
  client() = default;

  /// Only the gateway makes clients.
  explicit client(std::shared_ptr<impl> shared) noexcept;

  /// Accepts the join: replies `ok` with a JSON object. From now on broadcasts
  /// of the topic reach the client, and what `view` says. What is no JSON
  /// object is logged and counted, and the client gets `join crashed`.
  void accept(std::string response = "{}",
              presence_view view = presence_view::diffs) const;

  /// Refuses the join with a JSON object; the channel actor should then quit.
  /// What is none is logged and counted, and the client gets `join crashed`.
  void reject(std::string response) const;

  /// Answers the event that came with `ref`, now or later. `status` is "ok",
  /// "error" or the application's own. What is no JSON is logged and counted,
  /// and the client gets an error with the reason `invalid_reply`.
  void reply(std::string_view ref, std::string_view status,
             payload response) const;

  /// Sends an event to this client alone. JSON must be an object; what is none
  /// is logged, counted and not sent.
  void push(std::string_view event, payload payload) const;

  /// Asks for a `push_turn`: the channel has more to push than should wait for
  /// a client at once, as a long list in parts. What is pushed otherwise waits
  /// in the gateway, and a client for which more than
  /// `gateway_config::outbox_bytes_max` waits is closed. Asked again before the
  /// turn has come, it replaces what it said.
  ///
  /// @param waiting_bytes what the channel holds until then, roughly. While the
  ///        client does not read it counts for `unsent_bytes_max`.
  void await_turn(std::size_t waiting_bytes) const;

  /// The embedder's data: what `connect_result::assigns` said, or `on_renew`
  /// since. Null for a client of no channel.
  [[nodiscard]] std::shared_ptr<const void> assigns() const;

  /// Names the client to `presence::broadcast`, to leave it out.
  [[nodiscard]] std::uint64_t id() const noexcept;

private:
  std::shared_ptr<impl> impl_;
};

/// What a channel actor is made with.
struct join {
  std::string topic; ///< That the client joins.
  payload params;    ///< Payload of `phx_join`.
  /// Of the session, shared by its channels; never empty.
  std::shared_ptr<const connect_info> connection;
  /// As they are at the join; `client::assigns` has the latest.
  std::shared_ptr<const void> assigns;
  rollcall::client client; ///< To accept or reject, and to push to.
  /// The client's I/O thread, where `spawn_nonblocking` may put the channel: a
  /// join then wakes no other thread. For the factory alone: valid while it
  /// runs.
  caf::execution_unit* io_thread = nullptr;
};

/// As a channel actor keeps it.
using join_ptr = std::shared_ptr<const join>;

/// An event from the client.
///
/// Sent by: gateway.  Handled by: channel actors.
struct channel_event {
  std::string ref;           ///< To reply with; empty if none.
  std::string event;         ///< Its name.
  rollcall::payload payload; ///< What came with it.
};

/// As it arrives in the mailbox of a channel actor.
using channel_event_ptr = std::shared_ptr<const channel_event>;

/// The client leaves by `phx_leave`. The gateway has confirmed it; the channel
/// actor should end, after pushes of its own, and is ended if it does not
/// within 5 s.
///
/// A connection that ends otherwise, also in good order, ends its channels with
/// `exit_reason::user_shutdown`, and `gateway::disconnect` with `ec::kicked`:
/// an actor that has to clean up does it when it ends, whatever the reason.
///
/// Sent by: gateway.  Handled by: channel actors.
struct channel_leave {};

/// Spawns the channel actor of one join. The actor must `accept` or `reject`;
/// it handles `channel_event_ptr` and `channel_leave`. It ends with
/// `exit_reason::normal` or a shutdown reason for an orderly end (`phx_close`),
/// with anything else for a crash (`phx_error`, the client rejoins).
/// Runs on an I/O thread: no blocking. A throw answers `join crashed`.
///
/// A channel that tracks in a topic of `config::single_session` gets a
/// `presence_replaced` when another session of its key takes over. It should
/// tell its client and `quit()`, which closes the channel for good: by an end
/// that is no orderly one the client would join again, and end the other.
using channel_factory
    = std::function<caf::actor(caf::actor_system&, const join_ptr&)>;

/// A plain HTTP request that is no WebSocket connect.
struct http_request {
  std::string method;         ///< "GET", "POST" and so on.
  std::string path;           ///< Decoded, without the query.
  parameters params;          ///< From the query.
  parameters headers;         ///< Names in lower case.
  std::string remote_address; ///< The client's IP address.
  std::string body = {};      ///< At most 64 KiB; more is refused with 413.
};

/// What is answered. A status outside 200 to 599, or a line end in a header,
/// is logged and becomes 500. Length and connection are the gateway's to say.
struct http_response {
  unsigned status = 200;                                  ///< 200 to 599.
  std::string content_type = "text/plain; charset=utf-8"; ///< The header.
  std::string body;                                       ///< May be empty.
  parameters headers;                                     ///< Any others.
};

/// Answers on an I/O thread: no blocking. Empty means 404; a throw is logged
/// and means 500.
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
  /// Threads that serve connections, up to 64. 0: one for each processor.
  std::uint16_t io_threads = 0;
  /// Several processes may listen on the port; the kernel chooses for each
  /// connection (`SO_REUSEPORT`).
  bool reuse_port = false;

  /// Origins that browsers may come from: `*` all, `same-host` the host that
  /// the request names, or a list of `scheme://host:port` with optional parts
  /// and `//*.example.com`.
  std::vector<std::string> origins{"same-host"};

  /// Names that `Host` may have for `same-host`, or `*`; `*.example.com` takes
  /// all below a name. Loopback names and IP addresses are always taken. Else a
  /// page whose name an attacker points at this address would be of the same
  /// host.
  std::vector<std::string> hosts;
  std::vector<std::string> subprotocols; ///< Offered to clients, in order.
  bool auth_token = false;               ///< Take tokens from the subprotocol.

  std::chrono::milliseconds idle_timeout{60'000};      ///< At least 100 ms.
  std::chrono::milliseconds handshake_timeout{10'000}; ///< At least 100 ms.

  /// How long an asynchronous connect may take; then 503. At least 10 ms.
  std::chrono::milliseconds connect_timeout{5'000};

  /// How long a channel actor may take to accept or reject. Then the client
  /// gets `join crashed`. At least 100 ms.
  std::chrono::milliseconds join_timeout{30'000};

  /// How long a channel actor may live on after its client left; then it is
  /// killed. At least 10 ms.
  std::chrono::milliseconds leave_timeout{5'000};

  /// How long a session stays when it must be closed for what its client sent,
  /// without being read: clients that come back at once and do the same again
  /// then cost one connect, and their rooms one leave, in this time. At most
  /// 60 s; 0: it is closed at once.
  std::chrono::milliseconds close_delay{1'000};

  /// How long a client may read nothing of what waits for it; then the
  /// connection is dropped. At least 100 ms.
  std::chrono::milliseconds write_timeout{20'000};

  /// Of one message. A larger one is skipped and answered with the error
  /// `too_large`; one without a ref, or above 16 times as much, closes with
  /// 1009.
  std::size_t frame_bytes_max = 65'536;
  std::size_t json_depth_max = 64; ///< Nesting of a payload.

  /// Unsent bytes of one session, with 128 for each message, beside the 80 KiB
  /// at most that are being written. A client that reads too slowly and goes
  /// above is closed with 1008; the rest of its frames is dropped. The state of
  /// a topic, however large, is made as the client reads it, and not counted.
  std::size_t outbox_bytes_max = 4u << 20;

  /// Unsent bytes of all connections. Above it those for which the most waits
  /// are closed with 1008, until an eighth of it is free. At least 1 MiB.
  std::size_t unsent_bytes_max = 256u << 20;
  /// Topics that one session may have joined. Above: an error reply.
  std::size_t channels_per_session_max = 100;
  std::size_t sessions_max = 100'000;     ///< Above: 503.
  std::uint32_t joins_per_second_max = 0; ///< 0: no limit; above: error reply.

  // What one client may send, each second in the long run; ten times as much
  // at once after a pause, and of joins all of its channels twice. 0: no limit.
  // Above: an error reply, `{"reason":"rate_limited","retry_after_ms":N}`; who
  // gets a hundred and goes on, more than ten times a second, is closed (1008).
  std::uint32_t client_messages_per_second_max = 200; ///< Of all kinds.
  std::uint32_t client_joins_per_second_max = 20;     ///< Of `phx_join`.
  /// Of `follow`, `unfollow`, and events whose name begins with `presence:`.
  std::uint32_t client_presence_calls_per_second_max = 50;

  /// The same for all connections that `connect` gave one session id.
  ///@{
  std::uint32_t user_messages_per_second_max = 1000;
  std::uint32_t user_joins_per_second_max = 100;
  std::uint32_t user_presence_calls_per_second_max = 250;
  ///@}

  /// Connections that one address may open, each second in the long run; ten
  /// times as many at once. Of IPv6, the first 64 bits are an address. 0: no
  /// limit. Above: 429, or over TLS just the end.
  std::uint32_t address_connects_per_second_max = 200;
  std::size_t address_connections_max = 0; ///< At a time. 0: no limit.
  /// Networks without limits of addresses: proxies and tools. The default is
  /// the loopback.
  std::vector<std::string> address_limits_exempt{"127.0.0.0/8", "::1"};

  std::string tls_certificate_file; ///< PEM chain; empty: no TLS.
  std::string tls_key_file;         ///< PEM; belongs to the certificate.
};

/// Checks every bound and file. @returns the first broken one.
[[nodiscard]] caf::error validate(const gateway_config& settings);

/// Phoenix clients over WebSocket, protocol V2.
///
/// A handle, cheap to copy. Callbacks of the embedder run on I/O threads and
/// may throw: that is logged, and ends at most what the client asked for.
///
/// Errors:  a default-constructed handle answers `not_started`, or does
///          nothing.
/// Threads: everything may be called from everywhere, before and after the stop
///          of gateway and presence too.
class gateway {
public:
  gateway() = default;

  /// Errors: `invalid_config`, also for a bad file; `not_started`, if `who` is
  ///         default-constructed.
  [[nodiscard]] static caf::expected<gateway>
  start(caf::actor_system& system, presence who, gateway_config settings);

  /// Registers a factory for topics: exact, or a prefix and `*`. First match in
  /// order of registration wins. Before `listen`. Topics that begin with
  /// `rollcall:` are for the gateways themselves; nobody can join them.
  /// A call after `listen` is logged and does nothing, here and below.
  void channel(std::string pattern, channel_factory factory);

  /// Who may connect. Empty: everybody. The last call counts.
  void on_connect(connect_function decide);
  /// The same, for who must ask a database or another service first.
  void on_connect_async(async_connect_function decide);
  /// Who may prolong a session by a fresh token.
  /// Empty: `access_token` is an event like any other.
  void on_renew(renew_function decide);
  /// What is answered to requests that are no connect. Empty: 404.
  void on_http(http_function answer);

  /// Opens the port, once.
  ///
  /// Errors: `invalid_config`, for a taken port, a channel without a factory
  ///         or a second call; `shard_unavailable` after `stop`.
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

  /// Closes everything and joins the I/O threads; again: does nothing. Inside a
  /// callback, so on an I/O thread, it only begins that and does not wait.
  void stop();

  /// Reads the certificate and key files again, for connections to come; those
  /// that there are keep theirs. If something is wrong with the files all stays
  /// as it was. Without TLS it does nothing. Errors: `invalid_config`, with the
  /// file and the reason, which is logged as well. Threads: any.
  [[nodiscard]] caf::error reload_certificates();

  /// What this gateway counts about itself.
  [[nodiscard]] gateway_stats stats() const;

private:
  class impl;
  std::shared_ptr<impl> impl_;
};

} // namespace rollcall

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::join_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::channel_event_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::channel_leave)
