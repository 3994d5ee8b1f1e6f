#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace rollcall {

/// Why the gateway refused or ended something that a client wanted.
enum class refusal : std::uint8_t {
  malformed_http,    ///< Not an HTTP request, or one with too large a header.
  handshake_timeout, ///< No complete request in time.
  method,            ///< Connect with another method than GET.
  origin,            ///< Origin not allowed.
  subprotocol,       ///< No subprotocol in common, or a malformed token.
  version,           ///< `vsn` is not 2.0.x.
  sessions_max,      ///< The node is full, or drains.
  connect,           ///< The embedder's `connect` said no.
  upgrade,           ///< Not a valid WebSocket upgrade.
  unmatched_topic,   ///< Join or event of a topic that has no channel.
  channels_max,      ///< Join above `channels_per_session_max`.
  invalid_topic,     ///< Join of an empty or too long topic.
  join_rate,         ///< Join above `joins_per_second_max`.
  join_rejected,     ///< The channel said no.
  join_crashed,      ///< The channel ended before it answered, or was too slow.
  stale_message,     ///< Message of an earlier incarnation of a channel.
  malformed_frame,   ///< Closed: not a message of the protocol.
  invalid_utf8,      ///< Closed: text that is not UTF-8.
  protocol_error,    ///< Closed: violates the WebSocket protocol.
  frame_too_large,   ///< Closed: too large to be skipped, or without a ref.
  flood,             ///< Closed: too much was sent while a join was pending.
  outbox_overflow,   ///< Closed: reads too slowly.
  idle,              ///< Closed: sent nothing for `idle_timeout`.
  invalid_message,   ///< Error reply: a part of the message breaks its bound.
  message_too_large, ///< Error reply: above `frame_bytes_max`, and skipped.
  longpoll,          ///< Asked for long-poll, which is not served.
  connect_timeout,   ///< The embedder's `connect` did not answer in time.
  token_expired,     ///< Closed: the session's token expired.
  token_refused,     ///< Error reply: a fresh token that does not hold.
  write_timeout,     ///< Closed: read nothing for `write_timeout`.
  unsent_bytes_max,  ///< Closed: the node held too much, most of it for this.
  message_rate,      ///< Error reply: too many messages a second.
  client_join_rate,  ///< Error reply: too many joins a second.
  presence_rate,     ///< Error reply: too many presence calls a second.
  rate_limit,        ///< Closed: went on though it was told to slow down.
  connect_rate,      ///< Too many connects a second from one address.
  connections_max,   ///< Above `connections_per_address_max`.
  descriptors,       ///< The process is out of file descriptors.
  count_,            ///< Not a reason. Keep last.
};

/// The names of all `refusal`, in their order.
inline constexpr std::string_view refusal_names[] = {
    "malformed_http",
    "handshake_timeout",
    "method",
    "origin",
    "subprotocol",
    "version",
    "sessions_max",
    "connect",
    "upgrade",
    "unmatched_topic",
    "channels_max",
    "invalid_topic",
    "join_rate",
    "join_rejected",
    "join_crashed",
    "stale_message",
    "malformed_frame",
    "invalid_utf8",
    "protocol_error",
    "frame_too_large",
    "flood",
    "outbox_overflow",
    "idle",
    "invalid_message",
    "message_too_large",
    "longpoll",
    "connect_timeout",
    "token_expired",
    "token_refused",
    "write_timeout",
    "unsent_bytes_max",
    "message_rate",
    "client_join_rate",
    "presence_rate",
    "rate_limit",
    "connect_rate",
    "connections_max",
    "descriptors",
};
static_assert(std::size(refusal_names)
                  == static_cast<std::size_t>(refusal::count_),
              "every refusal needs a name");

/// The name of a refusal: the label `reason` in the metrics.
[[nodiscard]] constexpr std::string_view to_string(refusal why) noexcept {
  return why < refusal::count_ ? refusal_names[static_cast<std::size_t>(why)]
                               : std::string_view{"unknown"};
}

/// A histogram of durations. Bucket `i` counts those of less than 2^i
/// microseconds that fit no smaller one; the last one takes the rest.
struct duration_histogram {
  std::array<std::uint64_t, 26> buckets{}; ///< How many each one counted.
  std::uint64_t count = 0;                 ///< Of all buckets.
  std::uint64_t sum_us = 0;                ///< Microseconds.
};

/// What a gateway counts about itself: since the start unless said otherwise.
struct gateway_stats {
  std::uint64_t connections = 0;   ///< Now, plain HTTP included.
  std::uint64_t sessions = 0;      ///< Now.
  std::uint64_t channels = 0;      ///< Now, joining and leaving ones included.
  std::uint64_t topics = 0;        ///< Now, with a channel here.
  std::uint64_t connects = 0;      ///< Sessions that were accepted.
  std::uint64_t joins = 0;         ///< Joins that were accepted.
  std::uint64_t http_requests = 0; ///< That were no connects.
  std::uint64_t frames_in = 0;     ///< Messages of clients.
  std::uint64_t frames_out = 0;    ///< Messages to clients.
  std::uint64_t bytes_in = 0;      ///< From clients.
  std::uint64_t bytes_out = 0;     ///< To clients.
  std::uint64_t channel_crashes = 0; ///< `phx_error` sent.
  std::uint64_t invalid_answers = 0; ///< Of the embedder: no JSON, or no HTTP.
  std::uint64_t callback_failures
      = 0;                        ///< Callbacks of the embedder that threw.
  std::uint64_t unsent_bytes = 0; ///< Now: what clients have not read yet.
  /// How often each `refusal` was.
  std::array<std::uint64_t, static_cast<std::size_t>(refusal::count_)>
      refusals{};
  duration_histogram join_time; ///< From `phx_join` to its reply.
};

} // namespace rollcall
