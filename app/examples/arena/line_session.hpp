#pragma once

#include "app/examples/arena/outlet.hpp"

#include <caf/actor.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace arena {

/// Spawns the channel actor of a connection.
using player_factory = std::function<caf::actor(outlet_ptr)>;

/// One TCP connection: lines to commands, and what the player is told to lines.
///
/// Bounded: a command is read when the one before is answered, so a client
/// that sends faster waits in its own socket; one that reads too slowly is
/// closed, and so is one that sends a line that is too long.
///
/// Threads: the I/O thread; as an `outlet`, any.
class line_session final : public outlet,
                           public std::enable_shared_from_this<line_session> {
public:
  static constexpr std::size_t line_bytes_max = 512;
  static constexpr std::size_t unsent_bytes_max = 64 * 1024;

  line_session(std::shared_ptr<boost::asio::io_context> io,
               boost::asio::ip::tcp::socket socket);

  /// Spawns the player and reads. `on_end` is called once, on the I/O thread.
  void start(const player_factory& make_player, std::function<void()> on_end);

  /// Ends the connection, and with it the player.
  void close();

  /// Since when the client has sent nothing.
  [[nodiscard]] std::chrono::steady_clock::time_point silent_since() const {
    return silent_since_;
  }

  void welcome(const notice& news) override;
  void push(const notice& news) override;
  void accept(const command& wish) override;
  void refuse(const command& wish, std::string_view reason) override;

private:
  void post_line(std::string line, bool is_answer);
  void read();
  void take_line(std::size_t bytes);
  void write(std::string_view line);
  void flush();
  void end_after_flush();

  // Players may hold the session longer than the server lives.
  std::shared_ptr<boost::asio::io_context> io_;
  boost::asio::ip::tcp::socket socket_;
  caf::actor player_;
  std::function<void()> on_end_;
  std::string input_;
  std::string unsent_;
  std::string sending_;
  std::chrono::steady_clock::time_point silent_since_
      = std::chrono::steady_clock::now();
  bool is_ending_ = false; ///< Closes when all is sent.
};

} // namespace arena
