#pragma once

#include "actors/cluster/basp_guard.hpp"
#include "actors/cluster/link_config.hpp"

#include <caf/io/basp/message_type.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rollcall::test {

using bytes = std::vector<std::byte>;

/// A BASP header as it travels.
struct frame {
  caf::io::basp::message_type operation;
  std::uint8_t flags = 0;
  std::uint32_t payload_bytes = 0;
  std::uint64_t operation_data = 0;
  std::uint64_t source = 0;
  std::uint64_t destination = 0;
};

bytes encode(const frame& header);

bytes operator+(bytes left, const bytes& right);

/// The id of a node that does not exist.
node_key some_node(std::uint8_t salt);

/// A handshake that BASP takes, as the side that dialed.
bytes client_handshake(const node_key& node, std::uint8_t flags = 0);

/// What stands before the elements of a CAF message: no stages, not a built-in
/// type, and the names of the elements, as in `@<>+@str`.
bytes message_head(const std::string& types);

/// A message with any payload from one actor to another.
bytes direct_message(std::uint64_t destination, const bytes& payload,
                     std::uint64_t source = 5);

/// A message as nodes send it: one `wire_frame` with that text.
bytes wire_message(std::uint64_t destination, const std::string& text,
                   std::uint64_t source = 5);

/// Asks to hear of the end of an actor.
bytes monitor_message(const node_key& from, const node_key& to,
                      std::uint64_t actor);

/// Says that an actor has ended, for no reason.
bytes down_message(const node_key& from, const node_key& to,
                   std::uint64_t actor);

/// A number as CAF's serialiser writes a length.
bytes length(std::uint64_t value);

bytes text_bytes(const std::string& text);

/// A message without content to an actor, said to belong to a CAF stream.
bytes stream_message(std::uint64_t destination);

/// Talks to a port as no node would: blocking, byte by byte. Every call gives
/// up after a long time, so that a test fails instead of hanging.
class hostile_client {
public:
  /// In plaintext.
  explicit hostile_client(std::uint16_t port);

  /// With TLS, as the node of these settings; without certificate if there is
  /// none in them. A failed handshake shows in `is_open`.
  hostile_client(std::uint16_t port, const link_config& settings);

  ~hostile_client();

  hostile_client(hostile_client&&) noexcept;
  hostile_client& operator=(hostile_client&&) noexcept;

  /// Whether the other side closed before it took all is ignored.
  void send(const bytes& data);

  /// Reads that many bytes. @returns fewer if the other side closes.
  bytes read(std::size_t size);

  /// Reads until the other side closes. @returns whether it did.
  bool is_closed_by_peer();

  /// Whether the TLS handshake went well.
  [[nodiscard]] bool is_open() const;

  /// Says hello and reads the answer. @returns the id of the other node, none
  /// if it refused or closed.
  std::optional<node_key> say_hello(const node_key& as);

  /// All handshakes, so that the link is up at the other side.
  bool open_link(const node_key& as);

private:
  struct connection;
  std::unique_ptr<connection> connection_;
};

} // namespace rollcall::test
