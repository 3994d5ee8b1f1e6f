#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace arena {

/// What a player is told: a name, and fields in order. On a TCP connection it
/// is a line, over the gateway an event with a JSON object.
struct notice {
  using value = std::variant<std::int64_t, std::string>;

  std::string name;
  std::vector<std::pair<std::string_view, value>> fields; ///< Names: literals.
};

/// `name value value`, without a line end. What would end the line early
/// becomes a space.
[[nodiscard]] std::string to_line(const notice& news);

/// The fields as a JSON object.
[[nodiscard]] std::string to_json(const notice& news);

} // namespace arena
