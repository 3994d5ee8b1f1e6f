#pragma once

#include <rollcall/log.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rollcall::node {

/// Writes log lines to a file from a thread of its own, so that a reader who
/// stalls, or a slow disk, holds up nobody else.
///
/// Shape:   a queue of `queue_lines_max` lines; when it is full the oldest line
///          is dropped and counted.
/// Threads: `write` and the counters, any; lines do not mix.
class log_writer {
public:
  static constexpr std::size_t queue_lines_max = 1024;
  /// A longer line is cut.
  static constexpr std::size_t line_bytes_max = 4096;

  /// Writes to an open file descriptor, which stays open.
  explicit log_writer(int file);
  log_writer(const log_writer&) = delete;
  log_writer& operator=(const log_writer&) = delete;
  /// Does not wait for a thread that cannot write: that one keeps what it needs
  /// and ends with the process.
  ~log_writer();

  void write(log_level level, std::string_view component,
             std::string_view text);

  /// Waits until all lines are written, but not longer than `most`.
  /// @returns whether they are.
  bool finish(std::chrono::milliseconds most);

  /// Lines that were dropped because the queue was full.
  [[nodiscard]] std::uint64_t overrun_lines() const;

  /// Lines that the file did not take.
  [[nodiscard]] std::uint64_t failed_lines() const;

private:
  struct parts;

  parts* parts_; ///< Outlives this if its thread cannot end.
};

} // namespace rollcall::node
