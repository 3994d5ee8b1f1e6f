#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall {

/// Which of two presences of one key in one topic stays.
enum class session_policy : std::uint8_t {
  newest, ///< The older one ends with `leave_reason::replaced`.
  oldest, ///< The newer one is refused; one that raced it ends as `replaced`.
};

/// The name of a policy, as settings have it.
[[nodiscard]] constexpr std::string_view
to_string(session_policy policy) noexcept {
  return policy == session_policy::newest ? "newest" : "oldest";
}

/// Allows a key one presence in each topic that the pattern fits.
struct single_session_rule {
  std::string pattern; ///< An exact topic, or a prefix and `*`.
  session_policy policy = session_policy::newest; ///< Which one stays.
};

} // namespace rollcall
