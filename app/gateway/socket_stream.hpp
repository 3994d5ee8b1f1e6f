#pragma once

#include "app/gateway/counters.hpp"
#include "app/gateway/transport.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace rollcall::channels {

/// What changes whenever a client reads: what its socket took here, and what
/// of that its own machine has not taken yet.
struct write_progress {
  std::uint64_t sent = 0;
  std::size_t unacknowledged = 0;

  friend bool operator==(const write_progress&, const write_progress&)
      = default;
};

/// A transport as Beast's WebSocket wants it. What is written only gathers here
/// until `flush`, so that the messages which one piece of work makes cost one
/// system call. Hence the synchronous calls never block.
///
/// Bounded: large messages are written through as far as the socket takes them;
///          Beast's own answers wait while more than `gathered_bytes_max` are
///          here, and `has_room` tells the session to wait, too.
/// Threads: confined to the I/O thread of its socket.
class socket_stream {
public:
  using clock = std::chrono::steady_clock;
  using executor_type = boost::asio::io_context::executor_type;
  using error_code = boost::system::error_code;

  static constexpr std::size_t gathered_bytes_max = 16'384;

  /// @param received came behind the request; it is read first.
  socket_stream(boost::asio::io_context& home, transport bytes,
                std::string received, counters& counts)
      : home_{home},
        bytes_{std::move(bytes)},
        received_{std::move(received)},
        counts_{counts},
        has_more_{bytes_.is_tls() || !received_.empty()} {
  }

  [[nodiscard]] executor_type get_executor() const noexcept {
    return home_.get_executor();
  }

  [[nodiscard]] transport& bytes() noexcept {
    return bytes_;
  }

  /// When something came last.
  [[nodiscard]] clock::time_point last_received() const noexcept {
    return last_received_;
  }

  /// Whether more may be written.
  [[nodiscard]] bool has_room() const noexcept {
    return gathered_.size() < gathered_bytes_max;
  }

  /// Whether all that was written is with the socket.
  [[nodiscard]] bool is_flushed() const noexcept {
    return gathered_.empty();
  }

  /// Has the next frame that Beast writes by itself be a close without a code.
  void answer_close_empty() noexcept {
    answers_empty_ = true;
  }

  /// Bytes that gathered, and wait for the socket to take them.
  [[nodiscard]] std::size_t gathered_bytes() const noexcept {
    return gathered_.size();
  }

  /// How far the client has come with what was written for it.
  [[nodiscard]] write_progress progress() const noexcept {
    return {sent_, bytes_.unacknowledged_bytes()};
  }

  /// Hands what gathered to the socket, as much as it takes.
  transport::status flush();

  // -- as Beast calls it ------------------------------------------------------

  template <class Buffers>
  std::size_t write_some(const Buffers& from, error_code& problem) {
    problem = {};
    return write(parts_of(from));
  }

  template <class Buffers>
  std::size_t write_some(const Buffers& from) {
    return write(parts_of(from));
  }

  template <class Buffers>
  std::size_t read_some(const Buffers& into, error_code& problem) {
    const auto result = read(first_of(into));
    problem = result.bytes > 0 ? error_code{} : explain(result.status);
    return result.bytes;
  }

  template <class Buffers>
  std::size_t read_some(const Buffers& into) {
    error_code problem;
    const auto bytes = read_some(into, problem);
    if (problem)
      throw boost::system::system_error{problem};
    return bytes;
  }

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& into, Handler&& handler) {
    using signature = void(error_code, std::size_t);
    return boost::asio::async_compose<Handler, signature>(
        read_step{*this, first_of(into)}, handler, get_executor());
  }

  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& from, Handler&& handler) {
    using signature = void(error_code, std::size_t);
    return boost::asio::async_compose<Handler, signature>(
        write_step{*this, parts_of(from)}, handler, get_executor());
  }

private:
  using parts = std::array<std::string_view, 8>;

  /// Reads once it is worth to try. Ends with a `post` or a `wait`: never
  /// within the call that starts it.
  struct read_step {
    template <class Self>
    void operator()(Self& self, error_code problem = {}) {
      if (problem)
        self.complete(problem, 0);
      else if (std::exchange(is_started, true))
        stream.finish_read(into, self);
      else if (stream.has_more_)
        boost::asio::post(stream.get_executor(), std::move(self));
      else
        stream.bytes_.wait(transport::status::want_read, std::move(self));
    }

    socket_stream& stream;
    std::span<char> into;
    bool is_started = false;
  };

  /// Writes once there is room.
  struct write_step {
    template <class Self>
    void operator()(Self& self, error_code problem = {}) {
      if (problem || is_written) {
        self.complete(problem, sent);
        return;
      }
      const auto status
          = stream.has_room() ? transport::status::ok : stream.flush();
      if (status == transport::status::want_read
          || status == transport::status::want_write) {
        stream.bytes_.wait(status, std::move(self));
        return;
      }
      sent = stream.answer(from); // If it is closed, reading will tell.
      is_written = true;
      boost::asio::post(stream.get_executor(), std::move(self));
    }

    socket_stream& stream;
    parts from;
    std::size_t sent = 0;
    bool is_written = false;
  };

  template <class Buffers>
  static std::span<char> first_of(const Buffers& from) {
    for (const boost::asio::mutable_buffer each :
         boost::beast::buffers_range_ref(from))
      if (each.size() > 0)
        return {static_cast<char*>(each.data()), each.size()};
    return {};
  }

  template <class Buffers>
  static parts parts_of(const Buffers& from) {
    parts result;
    std::size_t used = 0;
    for (const boost::asio::const_buffer each :
         boost::beast::buffers_range_ref(from))
      if (each.size() > 0 && used < result.size())
        result[used++] = {static_cast<const char*>(each.data()), each.size()};
    return result;
  }

  template <class Self>
  void finish_read(std::span<char> into, Self& self) {
    const auto result = read(into);
    if (result.bytes > 0)
      self.complete({}, result.bytes);
    else if (result.status == transport::status::closed)
      self.complete(explain(result.status), 0);
    else
      bytes_.wait(result.status, std::move(self));
  }

  transport::result read(std::span<char> into);

  /// @returns how many bytes were taken: all of the parts.
  std::size_t write(const parts& from);

  /// As `write`, for what Beast writes by itself.
  std::size_t answer(const parts& from);

  void count_sent(std::size_t bytes);

  static error_code explain(transport::status status);

  boost::asio::io_context& home_;
  transport bytes_;
  std::string received_; ///< Not yet read.
  std::string gathered_; ///< Not yet with the socket.
  counters& counts_;
  std::uint64_t sent_ = 0; ///< Bytes that the socket took.
  clock::time_point last_received_ = clock::now();
  bool answers_empty_ = false; ///< See `answer_close_empty`.
  bool has_more_;              ///< Reading may succeed without waiting.
};

/// Part of Beast's contract.
inline void beast_close_socket(socket_stream& stream) {
  stream.bytes().close();
}

/// Part of Beast's contract. The session itself ends the connection: it waits
/// for the client's end, with a deadline.
template <class Handler>
void async_teardown(boost::beast::role_type, socket_stream& stream,
                    Handler&& handler) {
  boost::asio::post(stream.get_executor(),
                    [handler = std::forward<Handler>(handler)]() mutable {
                      handler(boost::system::error_code{});
                    });
}

} // namespace rollcall::channels
