#pragma once

#include "rollcall/entry.hpp"
#include "rollcall/meta_struct.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <concepts>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace rollcall {

/// What can be a meta in C++: a struct with an `inspect`, as CAF 0.17 wants it
/// for messages, or a map from strings. Wherever a call takes a meta, it takes
/// one of these, or the text of a JSON object; items of batches take the text.
///
/// CAF's `inspect` has no names, so they come from `ROLLCALL_META`, or from a
/// `member_name` before each member; a member without one goes by its place
/// among the members: "0", "1" and so on.
///
///     | C++                                  | JSON                        |
///     | ------------------------------------ | --------------------------- |
///     | bool, integers, float, double        | true, false, a number       |
///     | std::string, what converts to a      | a string                    |
///     | std::string_view                     |                             |
///     | an enum                              | its number; a string, if    |
///     |                                      | `to_string(e)` and `bool    |
///     |                                      | from_string(text, e)` are   |
///     |                                      | found beside it             |
///     | std::chrono::duration                | its count                   |
///     | std::optional                        | its value; left out or null |
///     | a struct with an `inspect`           | an object                   |
///     | a map whose keys are strings         | an object                   |
///     | std::vector, std::set and the like   | an array                    |
///     | std::array, std::pair, std::tuple    | an array of that length     |
///
/// What comes back is what went out. A member that the JSON lacks is an error,
/// unless it is a std::optional, or one after a `caf::meta::omittable()`, which
/// keeps its value; members that the struct lacks are passed over. Doubles keep
/// all their digits, and integers their 64 bits; clients in JavaScript keep 53.
template <class T>
concept meta_object = detail::struct_value<T> || detail::map_value<T>;

namespace detail {

/// What `convert` returns. It runs code of a type of the embedder, as its
/// `inspect`: what that throws is an error.
template <class T, class Convert>
caf::expected<T> without_throw(Convert convert) {
  try {
    return convert();
  } catch (const std::exception& problem) {
    return type_threw(problem.what());
  } catch (...) {
    return type_threw({});
  }
}

} // namespace detail

/// The JSON of a struct.
///
/// Errors: `invalid_meta`, naming the member: a number that is not finite, a
///         string that is not UTF-8, a name that comes twice, more than 32
///         levels; or with the words of what an `inspect` throws.
template <meta_object T>
[[nodiscard]] caf::expected<std::string> to_meta(const T& value) {
  return detail::without_throw<std::string>(
      [&]() -> caf::expected<std::string> {
        detail::meta_writer to;
        if (!detail::write_value(to, value))
          return to.problem.error();
        return std::move(to.text());
      });
}

namespace detail {

/// @pre `text` is JSON.
template <meta_object T>
caf::expected<T> read_meta(std::string_view text) {
  return without_throw<T>([&]() -> caf::expected<T> {
    meta_reader from;
    T result{};
    if (!read_value(from, text, result))
      return from.problem.error();
    return result;
  });
}

} // namespace detail

/// The struct of a JSON text.
///
/// Errors: `invalid_meta`, naming the member: one that is missing, of another
///         type, or beyond what its type can hold; or the text is no JSON, or
///         an `inspect` throws. Of members of one name the last one counts.
template <meta_object T>
[[nodiscard]] caf::expected<T> from_meta(std::string_view text) {
  if (auto problem = detail::check_json(text))
    return problem;
  return detail::read_meta<T>(text);
}

template <class T>
caf::expected<T> entry::as() const {
  static_assert(meta_object<T>, "a struct needs ROLLCALL_META or an inspect");
  return detail::read_meta<T>(meta());
}

/// A meta as calls take it: the text of a JSON object, or a `meta_object`. It
/// looks at a text and does not copy it, so it lives as long as the call.
class meta_text {
public:
  meta_text() = default;

  /// Looks at a text.
  template <detail::text_value T>
  meta_text(const T& text) : view_{text} {
  }

  /// Makes the text of a struct.
  template <meta_object T>
  meta_text(const T& value) {
    if (auto made = to_meta(value)) {
      made_ = std::move(*made);
      view_ = made_;
    } else {
      problem_ = std::move(made.error());
    }
  }

  meta_text(const meta_text&) = delete;
  meta_text& operator=(const meta_text&) = delete;

  /// The JSON object; empty if there is a problem.
  [[nodiscard]] std::string_view text() const noexcept {
    return view_;
  }

  /// What is wrong with the `meta_object`.
  [[nodiscard]] const caf::error& problem() const noexcept {
    return problem_;
  }

private:
  std::string_view view_;
  std::string made_;
  caf::error problem_;
};

} // namespace rollcall
