#pragma once

#include <caf/error.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace rollcall::channels {

struct gateway_core;
class worker;

/// Accepts connections on the first I/O thread and deals them out.
///
/// Bounded: when the process is out of descriptors it gives up one that it
///          keeps for that, to take those who wait and to close them at once:
///          so nobody hangs in the backlog. Then it rests, instead of asking
///          again at once.
/// Threads: `open` and `port` before the threads run; the rest on the first.
class listener : public std::enable_shared_from_this<listener> {
public:
  static constexpr std::chrono::milliseconds rest_after_error{100};

  /// Connections that are turned away before it rests.
  static constexpr int turned_away_max = 64;

  explicit listener(gateway_core& core);
  ~listener();

  /// Binds. Errors: `invalid_config`, naming the address and the reason.
  [[nodiscard]] caf::error open();

  void start();
  void close();

  [[nodiscard]] std::uint16_t port() const noexcept {
    return port_;
  }

private:
  void accept();
  void rest();
  void reserve();
  void turn_away();
  void take(boost::system::error_code problem,
            boost::asio::ip::tcp::socket socket, worker& target);

  gateway_core& core_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer rest_;
  std::size_t next_ = 0;
  std::uint16_t port_ = 0;
  int reserved_ = -1;       ///< A descriptor for the day when none is left.
  bool is_starved_ = false; ///< That day is today, and was logged.
};

} // namespace rollcall::channels
