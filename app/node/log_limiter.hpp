#pragma once

#include <rollcall/log.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rollcall::node {

/// Lets a few log lines of each kind pass in a second, and counts the others:
/// a client that is refused a thousand times a second does not fill a disk.
///
/// Lines are of one kind if level, component and words are the same. Numbers,
/// what stands in quotes, and the values of `key=value` pairs do not count,
/// except that of `reason`.
/// Shape:   one record a kind, of at most `kinds_max`. Kinds beyond that, which
///          only words of a client can make, share one record a level.
/// Threads: no locking inside.
class log_limiter {
public:
  using clock = std::chrono::steady_clock;
  using kind = std::size_t;

  static constexpr std::uint64_t lines_per_window = 5;
  static constexpr clock::duration window = std::chrono::seconds{1};
  static constexpr std::size_t kinds_max = 128;
  static constexpr std::size_t example_bytes_max = 200;

  /// How many lines of a kind were left out in its last window.
  struct left_out {
    log_level level{};
    std::string component;
    std::string example; ///< The first of them, cut.
    std::uint64_t lines = 0;
  };

  [[nodiscard]] static kind kind_of(log_level level, std::string_view component,
                                    std::string_view text);

  /// @returns whether the line is to be written.
  /// @pre `now` never goes backwards.
  [[nodiscard]] bool admit(log_level level, std::string_view component,
                           std::string_view text, clock::time_point now);

  /// What was left out in windows that have passed, each told once.
  [[nodiscard]] std::vector<left_out> take_left_out(clock::time_point now);

private:
  struct record {
    clock::time_point begin;
    std::uint64_t lines = 0;
    left_out missing;
  };

  record& record_of(kind which, log_level level, clock::time_point now);

  std::unordered_map<kind, record> records_;
  std::array<record, 4> others_{}; ///< One a level.
  clock::time_point next_look_{};
};

} // namespace rollcall::node
