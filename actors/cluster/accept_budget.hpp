#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace rollcall {

/// How many connections each address may still open: so many a second, and as
/// many at once after a pause.
///
/// Shape:   one record an address that connected within the last second, at
///          most `sources_max`; the rest share one.
/// Threads: one owner at a time.
class accept_budget {
public:
  using clock = std::chrono::steady_clock;

  static constexpr std::size_t sources_max = 1024;

  explicit accept_budget(std::uint32_t per_second);

  /// Whether one more is accepted. @pre `now` never goes backwards.
  [[nodiscard]] bool take(const std::string& address, clock::time_point now);

private:
  clock::duration cost_; ///< Of one connection, in time.
  /// Until when each address has used its budget up.
  std::map<std::string, clock::time_point> used_until_;
};

} // namespace rollcall
