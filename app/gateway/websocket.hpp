#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// The framing of RFC 6455 as a server needs it, without sockets.
namespace rollcall::websocket {

enum class opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

/// Codes of a close frame. 1000 is missing on purpose: clients that see it do
/// not come back.
enum class close_code : std::uint16_t {
  none = 0,
  going_away = 1001,
  protocol_error = 1002,
  invalid_utf8 = 1007,
  policy = 1008,
  too_big = 1009,
  internal = 1011,
  restart = 1012,
  overload = 1013,
};

/// A whole frame as a server sends it.
[[nodiscard]] std::string encode(opcode kind, std::string_view payload);

/// Only the header of a frame with that much payload.
[[nodiscard]] std::string encode_header(opcode kind, std::size_t payload_bytes);

/// A close frame. A reason of more than 123 bytes is cut.
[[nodiscard]] std::string encode_close(std::uint16_t code,
                                       std::string_view reason);

/// What a close frame of the client says.
struct close_request {
  std::uint16_t code = 0;               ///< 0: it gave none.
  close_code answer = close_code::none; ///< Set if the frame is a violation.
};

[[nodiscard]] close_request decode_close(std::string_view payload);

/// A message, or a control frame. `payload` is valid until the next call.
struct incoming {
  opcode kind = opcode::text;
  std::string_view payload;
};

/// Cuts the bytes of one client into messages.
///
/// Shape:   holds an unfinished frame or message, at most `message_bytes_max`
///          and a header; nothing between messages.
/// Errors:  after a violation `violation()` says what to close with.
/// Threads: one at a time.
class reader {
public:
  explicit reader(std::uint32_t message_bytes_max) noexcept
      : message_bytes_max_{message_bytes_max} {
  }

  /// Takes what was received. Masks are removed in place, so the bytes must
  /// stay until `next` has returned nothing.
  void feed(std::span<char> received);

  /// The next whole message; nothing if it needs more bytes or was violated.
  [[nodiscard]] std::optional<incoming> next();

  [[nodiscard]] close_code violation() const noexcept {
    return violation_;
  }

private:
  struct header {
    opcode kind;
    bool is_final;
    std::size_t header_bytes;
    std::uint64_t payload_bytes;
  };

  [[nodiscard]] std::optional<header> parse_header();
  [[nodiscard]] std::optional<incoming> take(const header& frame);
  [[nodiscard]] std::optional<incoming> assemble(const header& frame,
                                                 std::string_view payload);
  [[nodiscard]] bool is_allowed(const header& frame, char first, char second);
  void keep_rest();
  void drop_taken();

  std::span<char> input_; ///< Not yet taken.
  std::string kept_;      ///< An unfinished frame.
  std::string assembled_; ///< An unfinished message.
  std::size_t taken_ = 0; ///< Bytes at the front of `kept_` that are done.
  std::uint32_t message_bytes_max_;
  close_code violation_ = close_code::none;
  opcode assembled_kind_ = opcode::continuation; ///< That: none unfinished.
  bool is_assembled_ready_ = false;
};

} // namespace rollcall::websocket
