#pragma once

#include <caf/meta/annotation.hpp>
#include <caf/meta/type_name.hpp>

#include <string_view>

/// How a struct names its members, so that it can be a meta: see meta.hpp.
namespace rollcall {

/// Names the member that follows it in an `inspect` function. CAF passes over
/// it, so one `inspect` serves messages and metas:
///
///     template <class Inspector>
///     typename Inspector::result_type inspect(Inspector& f, player& x) {
///       return f(caf::meta::type_name("player"),
///                rollcall::member_name{"name"}, x.name,
///                rollcall::member_name{"rating"}, x.rating);
///     }
struct member_name : caf::meta::annotation {
  /// @param name a string literal.
  constexpr explicit member_name(const char* name) noexcept : value{name} {
  }

  std::string_view value; ///< The name.
};

} // namespace rollcall

// Expands ROLLCALL_DETAIL_ONE for each name, up to 80: the preprocessor expands
// no macro inside itself, so each scan does one name.
#define ROLLCALL_DETAIL_PARENS ()
#define ROLLCALL_DETAIL_SCAN(...)                                              \
  ROLLCALL_DETAIL_SCAN4(                                                       \
      ROLLCALL_DETAIL_SCAN4(ROLLCALL_DETAIL_SCAN4(__VA_ARGS__)))
#define ROLLCALL_DETAIL_SCAN4(...)                                             \
  ROLLCALL_DETAIL_SCAN3(                                                       \
      ROLLCALL_DETAIL_SCAN3(ROLLCALL_DETAIL_SCAN3(__VA_ARGS__)))
#define ROLLCALL_DETAIL_SCAN3(...)                                             \
  ROLLCALL_DETAIL_SCAN2(                                                       \
      ROLLCALL_DETAIL_SCAN2(ROLLCALL_DETAIL_SCAN2(__VA_ARGS__)))
#define ROLLCALL_DETAIL_SCAN2(...)                                             \
  ROLLCALL_DETAIL_SCAN1(                                                       \
      ROLLCALL_DETAIL_SCAN1(ROLLCALL_DETAIL_SCAN1(__VA_ARGS__)))
#define ROLLCALL_DETAIL_SCAN1(...) __VA_ARGS__
#define ROLLCALL_DETAIL_ONE(name, ...)                                         \
  , ::rollcall::member_name{#name},                                            \
      x.name __VA_OPT__(                                                       \
          ROLLCALL_DETAIL_NEXT ROLLCALL_DETAIL_PARENS(__VA_ARGS__))
#define ROLLCALL_DETAIL_NEXT() ROLLCALL_DETAIL_ONE

/// Makes a struct a meta: writes its `inspect`, with its members by name. It
/// stands after the struct, in the namespace of the struct.
///
///     struct player {
///       std::string name;
///       int rating = 0;
///     };
///     ROLLCALL_META(player, name, rating)
///
/// A struct that has an `inspect` already puts a `member_name` before each
/// member there. Up to 80 members.
#define ROLLCALL_META(type, ...)                                               \
  template <class Inspector>                                                   \
  typename Inspector::result_type inspect(Inspector& f,                        \
                                          [[maybe_unused]] type& x) {          \
    return f(::caf::meta::type_name(#type) __VA_OPT__(                         \
        ROLLCALL_DETAIL_SCAN(ROLLCALL_DETAIL_ONE(__VA_ARGS__))));              \
  }
