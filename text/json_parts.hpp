#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rollcall {

/// One member of a JSON object.
struct json_member {
  std::string_view name;  ///< As it stands there, quotes included.
  std::string_view value; ///< Without white space around it.
};

/// Walks through what a JSON object or array holds, without building values.
/// The text need not be valid: the parts lie within it, and there is an end.
class json_parts {
public:
  /// @param text is the object or array, brackets included.
  explicit json_parts(std::string_view text) noexcept;

  /// The next member of an object; nothing at its end.
  [[nodiscard]] std::optional<json_member> next_member() noexcept;

  /// The next element of an array; nothing at its end.
  [[nodiscard]] std::optional<std::string_view> next_element() noexcept;

private:
  std::string_view rest_;
};

/// Whether a JSON value is an object.
[[nodiscard]] bool is_json_object(std::string_view value) noexcept;

/// What a JSON string says: without its quotes, escapes resolved. In a text
/// that is not valid, an escape that nobody can read becomes U+FFFD.
[[nodiscard]] std::string json_string_content(std::string_view quoted);

} // namespace rollcall
