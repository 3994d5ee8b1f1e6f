#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace rollcall::channels {

/// How often something may happen. Pure data: many buckets share one.
struct rate {
  std::uint32_t per_second = 0; ///< 0: as often as you like.
  std::uint32_t burst = 0;      ///< At once, after a pause.
};

/// A token bucket that fills at a `rate`. Time is an argument.
///
/// Shape:  one point in time: when it will be full again.
/// Source: the generic cell rate algorithm, ITU-T I.371, annex A.
class token_bucket {
public:
  using clock = std::chrono::steady_clock;

  /// Takes a token. @returns zero, or how long until there is one, which is
  /// not taken then.
  clock::duration take(const rate& limit, clock::time_point now) noexcept {
    if (limit.per_second == 0)
      return {};
    const clock::duration token
        = clock::duration{std::chrono::seconds{1}} / limit.per_second;
    const auto full_after = std::max(full_at_, now) + token;
    const auto wait
        = full_after - now - token * std::max(limit.burst, std::uint32_t{1});
    if (wait > clock::duration::zero())
      return wait;
    full_at_ = full_after;
    return {};
  }

  /// Whether it is as good as new.
  [[nodiscard]] bool is_full(clock::time_point now) const noexcept {
    return full_at_ <= now;
  }

private:
  clock::time_point full_at_{};
};

} // namespace rollcall::channels
