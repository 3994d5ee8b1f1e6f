#pragma once

#include "rollcall/meta.hpp"
#include "rollcall/types.hpp"

#include <caf/expected.hpp>

#include <concepts>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

namespace rollcall {

namespace detail {

template <class T>
struct only_argument {};

template <class Result, class Argument>
struct only_argument<std::function<Result(Argument)>> {
  using type = Argument;
};

/// What a function takes that is not overloaded and no template.
template <class Function>
using argument_of = typename only_argument<decltype(
    std::function{std::declval<Function>()})>::type;

template <class Function>
concept struct_change = meta_object<std::remove_cvref_t<argument_of<Function>>>;

} // namespace detail

/// How `update` makes the new meta from the current one: an `update_function`,
/// or a function of a struct, which returns the new one or changes the one that
/// it is given:
///
///     who.update(self, "arena:1", "ann", [](player& ann) { ++ann.rating; });
///
/// The new meta has the members of the struct and no others. The function runs
/// as an `update_function` does.
class meta_change {
public:
  /// From an `update_function`.
  template <class Function>
  requires std::convertible_to<Function, update_function>
  meta_change(Function change) : make_{std::move(change)} {
  }

  /// From a function of a struct.
  template <detail::struct_change Function>
  meta_change(Function change) : make_{of_struct(std::move(change))} {
  }

  /// Whether there is a function.
  explicit operator bool() const noexcept {
    return static_cast<bool>(make_);
  }

  /// Errors: `invalid_meta`, if the meta is no such struct, or cannot be made
  ///         from it.
  [[nodiscard]] caf::expected<std::string>
  operator()(const entry& current) const {
    return make_(current);
  }

private:
  using maker = std::function<caf::expected<std::string>(const entry&)>;

  template <class Function>
  static maker of_struct(Function change) {
    using argument = detail::argument_of<Function>;
    using value = std::remove_cvref_t<argument>;
    using result = std::invoke_result_t<Function&, value&>;
    static_assert(
        meta_object<std::remove_cvref_t<
            std::conditional_t<std::is_void_v<result>, value, result>>>,
        "a function of a struct returns a struct or nothing");
    static_assert(!std::is_void_v<result> || std::same_as<argument, value&>,
                  "a function that returns nothing takes the struct by "
                  "reference, to change it");
    return [change = std::move(change)](
               const entry& current) mutable -> caf::expected<std::string> {
      auto content = current.as<value>();
      if (!content)
        return std::move(content.error());
      if constexpr (std::is_void_v<result>) {
        change(*content);
        return to_meta(*content);
      } else {
        return to_meta(change(*content));
      }
    };
  }

  maker make_;
};

} // namespace rollcall
