#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// The Phoenix Channels protocol, version 2: messages to bytes and back.
///
/// Refs (`join_ref`, `ref`) are kept as JSON tokens, `"1"`, `1` or `null`, and
/// sent back as they came; two are the same if their tokens are.
///
/// Threads: pure functions.
/// Source:  phoenixframework/phoenix `v2_json_serializer.ex`.
namespace rollcall::channels {

/// The token of an absent ref.
inline constexpr std::string_view null_ref = "null";

/// JSON text, or raw bytes.
struct body {
  std::string bytes;
  bool is_binary = false;
};

/// What a client sends.
struct message {
  std::string join_ref{null_ref};
  std::string ref{null_ref};
  std::string topic;
  std::string event;
  body payload;
};

/// Bounds of what is decoded.
struct decode_limits {
  std::size_t depth_max = 64;        ///< Nesting of the payload.
  std::size_t field_bytes_max = 255; ///< Of ref, join_ref, topic and event.
};

/// Why something cannot be decoded or encoded.
enum class problem {
  none,
  invalid_utf8,
  not_json,
  too_deep,
  not_an_array,
  too_few_elements,
  topic_not_a_string,
  event_not_a_string,
  join_ref_too_long,
  ref_too_long,
  topic_too_long,
  event_too_long,
  status_too_long,
  unknown_kind,
  truncated,
  payload_not_an_object,
  too_large,
};

/// A sentence without a full stop; short enough for a close frame.
[[nodiscard]] std::string_view describe(problem why) noexcept;

/// Decodes a text frame. @post `out` is whole if the result is `none`.
[[nodiscard]] problem decode_text(std::string_view frame,
                                  const decode_limits& limits, message& out);

/// Decodes a binary frame. @post `out` is whole if the result is `none`.
[[nodiscard]] problem decode_binary(std::string_view frame, message& out);

/// What an error reply to a message repeats, as JSON tokens: the message could
/// not be decoded, so they need not be strings within their bounds.
struct message_head {
  std::string join_ref{null_ref};
  std::string ref{null_ref};
  std::string topic;
  std::string event;
};

/// Whether a message with this problem is answered with an error; all others
/// end the session, since nobody could say what they were.
[[nodiscard]] bool is_answerable(problem why) noexcept;

/// The `reason` of the error reply.
[[nodiscard]] std::string_view reason_of(problem why) noexcept;

/// Reads the first elements of a message whose rest may be anything, or may
/// not have been kept. @returns nothing if it does not tell all four.
[[nodiscard]] std::optional<message_head>
read_text_head(std::string_view frame);

/// As `read_text_head` for a binary frame.
[[nodiscard]] std::optional<message_head>
read_binary_head(std::string_view frame);

/// A frame to send: its bytes, and whether it is a binary one.
struct encoded {
  std::string bytes;
  bool is_binary = false;
  /// Why there are no bytes.
  channels::problem problem = channels::problem::none;
};

/// A reply. An empty status is JSON null. JSON may be any value.
[[nodiscard]] encoded encode_reply(std::string_view join_ref,
                                   std::string_view ref, std::string_view topic,
                                   std::string_view status,
                                   const body& response);

/// The error reply to a message that could not be decoded.
[[nodiscard]] std::string encode_refusal(const message_head& to,
                                         std::string_view reason,
                                         std::string_view detail);

/// An event for one client. JSON must be an object.
[[nodiscard]] encoded encode_push(std::string_view join_ref,
                                  std::string_view topic,
                                  std::string_view event, const body& payload);

/// An event for all clients of a topic. JSON must be an object.
[[nodiscard]] encoded encode_broadcast(std::string_view topic,
                                       std::string_view event,
                                       const body& payload);

/// The channel ended in order.
[[nodiscard]] std::string encode_close(std::string_view join_ref,
                                       std::string_view topic);

/// The channel crashed; the client joins again.
[[nodiscard]] std::string encode_error(std::string_view join_ref,
                                       std::string_view topic);

/// The start of a text frame whose payload and closing bracket follow.
[[nodiscard]] std::string text_head(std::string_view join_ref,
                                    std::string_view ref,
                                    std::string_view topic,
                                    std::string_view event);

} // namespace rollcall::channels
