#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::test {

/// A connection without any protocol, for those who break it. Its receive
/// buffer is small from the start, so that what it does not read stays with
/// the server.
class raw_client {
public:
  explicit raw_client(std::uint16_t port, int receive_buffer_bytes = 4096);
  /// Takes over a socket that is not connected yet.
  raw_client(int socket, std::uint16_t port);
  ~raw_client();

  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;

  /// Sends as much as fits now. @returns false if the connection is over.
  bool send_some(std::string_view& rest);

  /// Sends all, or as much as the server takes before it closes.
  bool send(std::string_view bytes);

  /// Receives what comes, in time, up to `most` bytes. Empty: the connection is
  /// over.
  std::string receive(std::size_t most = 65'536);

  /// Waits for something and drops it. @returns false if the connection ended.
  bool discard() const;

  /// Receives until `part` came. @returns false if the connection ended first.
  bool receive_until(std::string_view part);

  /// Asks to become a WebSocket.
  void request_upgrade();

  /// Becomes a WebSocket. @returns whether the server agreed.
  bool upgrade();

  /// Ends both directions; another thread may be blocked in the socket.
  void shut_down();

private:
  void connect(std::uint16_t port);

  int socket_ = -1;
};

/// Uses up the descriptors of the process, as long as it lives.
class few_descriptors {
public:
  few_descriptors();
  ~few_descriptors();

  /// A socket that was made before the last one went; the caller closes it.
  [[nodiscard]] int last_socket() const noexcept {
    return last_socket_;
  }

private:
  std::vector<int> used_;
  int last_socket_ = -1;
  std::uint64_t limit_ = 0;
};

} // namespace rollcall::test
