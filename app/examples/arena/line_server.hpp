#pragma once

#include "app/examples/arena/line_session.hpp"

#include <caf/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace arena {

/// The TCP door of the arena: one line a command, one line a notice.
///
/// Bounded: above `connections_max` a connection is closed at once; one that
/// sends nothing for `silence_max` is closed.
///
/// Threads: one I/O thread of its own; `start` and `stop` on any other.
class line_server {
public:
  static constexpr std::size_t connections_max = 10'000;
  static constexpr std::chrono::seconds silence_max{120};

  /// Errors: `invalid_config`, for an address or a port that cannot be had.
  [[nodiscard]] static caf::expected<line_server>
  start(const std::string& address, std::uint16_t port,
        player_factory make_player);

  line_server(line_server&&) noexcept;
  line_server& operator=(line_server&&) = delete;
  ~line_server();

  /// Closes all connections and joins the thread; again: does nothing.
  void stop();

  [[nodiscard]] std::uint16_t port() const noexcept;

private:
  class impl;
  explicit line_server(std::unique_ptr<impl> made) noexcept;

  std::unique_ptr<impl> impl_;
};

} // namespace arena
