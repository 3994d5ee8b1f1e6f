#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// JSON as text: checked and cut without building values.
namespace rollcall::channels {

enum class json_verdict { ok, malformed, too_deep };

/// Whether `text` is exactly one JSON value that nests at most `depth_max`
/// deep. Strings must be valid UTF-8. Needs no more stack than `depth_max`
/// asks for, whatever the text.
[[nodiscard]] json_verdict check_json(std::string_view text,
                                      std::size_t depth_max);

/// The first elements of an array, as they stand in the text.
struct array_slices {
  std::array<std::string_view, 5> elements;
  std::size_t count = 0; ///< Of the elements filled in; later ones are skipped.
};

/// Cuts an array.
///
/// @pre `check_json(text)` was ok.
/// @returns nothing if the value is no array.
[[nodiscard]] std::optional<array_slices> slice_array(std::string_view text);

/// Cuts the first `count` elements, at most five, off an array whose rest may
/// be anything: too deep, or not all there.
///
/// @returns nothing unless each of them is one whole JSON value, nested at most
///          eight deep, and something follows it.
[[nodiscard]] std::optional<array_slices> slice_front(std::string_view text,
                                                      std::size_t count);

/// Whether a JSON value is an object, by its first and last character.
[[nodiscard]] bool is_object(std::string_view text) noexcept;

/// The content of a JSON string.
///
/// @pre `check_json(token)` was ok.
/// @returns nothing if the value is no string.
[[nodiscard]] std::optional<std::string> unquote(std::string_view token);

/// A member of an object that is a string; nothing if there is none.
[[nodiscard]] std::optional<std::string> string_member(std::string_view object,
                                                       std::string_view name);

} // namespace rollcall::channels
