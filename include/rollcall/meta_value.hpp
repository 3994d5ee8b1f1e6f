#pragma once

#include "rollcall/meta_io.hpp"
#include "rollcall/meta_members.hpp"

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// Which C++ types are which JSON values; meta.hpp says it for people.
namespace rollcall::detail {

class struct_writer;
class struct_reader;

template <class T>
concept text_value = std::convertible_to<const T&, std::string_view>;

/// An enum whose values have names.
template <class T>
concept named_enum
    = std::is_enum_v<T> && requires(T& value, std::string_view text) {
  { to_string(value) } -> std::convertible_to<std::string_view>;
  { from_string(text, value) } -> std::same_as<bool>;
};

template <class T>
concept struct_value = std::is_class_v<T> && !text_value<
                           T> && requires(struct_writer & f, T& value) {
  inspect(f, value);
};

template <class T>
concept map_value = requires {
  typename T::key_type;
  typename T::mapped_type;
}
&&text_value<typename T::key_type>&&
    std::constructible_from<typename T::key_type, std::string>;

template <class T>
concept tuple_value = requires {
  std::tuple_size<T>::value;
};

template <class T>
concept list_value = requires(T& values, typename T::value_type value) {
  values.insert(values.end(), std::move(value));
  values.begin();
}
&&std::movable<typename T::value_type>;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
inline constexpr bool is_duration = false;
template <class Rep, class Period>
inline constexpr bool is_duration<std::chrono::duration<Rep, Period>> = true;

template <class T>
inline constexpr bool is_no_meta_value = false;

// -- writing ------------------------------------------------------------------

template <class T>
bool write_value(meta_writer& to, const T& value);

template <class T>
bool write_object(meta_writer& to, const T& value);

template <class T>
bool write_number(meta_writer& to, T value) {
  if constexpr (std::same_as<T, bool>)
    return to.write_bool(value);
  else if constexpr (std::same_as<T, float>)
    return to.write_float(value);
  else if constexpr (std::floating_point<T>)
    return to.write_double(static_cast<double>(value));
  else if constexpr (std::is_signed_v<T>)
    return to.write_signed(value);
  else
    return to.write_unsigned(value);
}

template <class T>
bool write_map(meta_writer& to, const T& values) {
  bool is_good = to.begin('{');
  for (const auto& [name, value] : values)
    is_good = is_good && to.write_name(name)
              && to.problem.within(name, write_value(to, value));
  return is_good && to.end('}');
}

template <class T>
bool write_list(meta_writer& to, const T& values) {
  bool is_good = to.begin('[');
  std::size_t index = 0;
  for (const auto& value : values)
    is_good = is_good
              && to.problem.within(
                  index++, write_value<typename T::value_type>(to, value));
  return is_good && to.end(']');
}

template <class T>
bool write_tuple(meta_writer& to, const T& values) {
  bool is_good = to.begin('[');
  std::size_t index = 0;
  std::apply(
      [&](const auto&... value) {
        is_good
            = is_good
              && (to.problem.within(index++, write_value(to, value)) && ...);
      },
      values);
  return is_good && to.end(']');
}

template <class T>
bool write_value(meta_writer& to, const T& value) {
  if constexpr (std::is_arithmetic_v<T>)
    return write_number(to, value);
  else if constexpr (named_enum<T>)
    return to.write_text(to_string(value));
  else if constexpr (std::is_enum_v<T>)
    return write_number(to, static_cast<std::underlying_type_t<T>>(value));
  else if constexpr (text_value<T>)
    return to.write_text(value);
  else if constexpr (is_duration<T>)
    return write_number(to, value.count());
  else if constexpr (is_optional<T>)
    return value ? write_value(to, *value) : to.write_null();
  else if constexpr (struct_value<T>)
    return write_object(to, value);
  else if constexpr (map_value<T>)
    return write_map(to, value);
  else if constexpr (tuple_value<T>)
    return write_tuple(to, value);
  else if constexpr (list_value<T>)
    return write_list(to, value);
  else
    static_assert(is_no_meta_value<T>,
                  "rollcall/meta.hpp says what a meta may hold; a struct needs "
                  "ROLLCALL_META or an inspect, a map keys that are strings");
}

// -- reading ------------------------------------------------------------------

template <class T>
bool read_value(meta_reader& from, std::string_view text, T& value);

template <class T>
bool read_struct(meta_reader& from, std::string_view text, T& value);

template <class T>
bool read_number(meta_reader& from, std::string_view text, T& value) {
  using limits = std::numeric_limits<T>;
  if constexpr (std::same_as<T, bool>) {
    return from.read_bool(text, value);
  } else if constexpr (std::same_as<T, float>) {
    return from.read_float(text, value);
  } else if constexpr (std::floating_point<T>) {
    double wide = 0;
    const bool is_good = from.read_double(text, wide);
    value = wide;
    return is_good;
  } else if constexpr (std::is_signed_v<T>) {
    std::int64_t wide = 0;
    const bool is_good
        = from.read_signed(text, wide, limits::min(), limits::max());
    value = static_cast<T>(wide);
    return is_good;
  } else {
    std::uint64_t wide = 0;
    const bool is_good = from.read_unsigned(text, wide, limits::max());
    value = static_cast<T>(wide);
    return is_good;
  }
}

template <class T>
bool read_enum(meta_reader& from, std::string_view text, T& value) {
  if constexpr (named_enum<T>) {
    std::string name;
    return from.read_text(text, name)
           && (from_string(std::string_view{name}, value)
               || from.problem.fail("is '" + name + "', which names no value"));
  } else {
    std::underlying_type_t<T> number{};
    const bool is_good = read_number(from, text, number);
    value = static_cast<T>(number);
    return is_good;
  }
}

template <class T>
bool read_optional(meta_reader& from, std::string_view text, T& value) {
  if (meta_reader::is_null(text)) {
    value.reset();
    return true;
  }
  return read_value(from, text, value.emplace());
}

template <class T>
bool read_map(meta_reader& from, std::string_view text, T& values) {
  std::vector<meta_part> parts;
  bool is_good = from.read_object(text, parts);
  values.clear();
  for (auto& [name, part] : parts) {
    typename T::mapped_type value{};
    is_good
        = is_good && from.problem.within(name, read_value(from, part, value));
    values.emplace(std::move(name), std::move(value));
  }
  return is_good;
}

template <class T>
bool read_list(meta_reader& from, std::string_view text, T& values) {
  std::vector<std::string_view> parts;
  bool is_good = from.read_array(text, parts);
  values.clear();
  for (std::size_t i = 0; is_good && i < parts.size(); ++i) {
    typename T::value_type value{};
    is_good = from.problem.within(i, read_value(from, parts[i], value));
    values.insert(values.end(), std::move(value));
  }
  return is_good;
}

template <class T>
bool read_tuple(meta_reader& from, std::string_view text, T& values) {
  constexpr auto size = std::tuple_size<T>::value;
  std::vector<std::string_view> parts;
  if (!from.read_array(text, parts))
    return false;
  if (parts.size() != size)
    return from.problem.fail("has " + std::to_string(parts.size())
                             + " elements; allowed: " + std::to_string(size));
  bool is_good = true;
  std::size_t index = 0;
  const auto read_one = [&](auto& value) {
    const auto at = index++;
    is_good = is_good
              && from.problem.within(at, read_value(from, parts[at], value));
  };
  std::apply([&](auto&... value) { (read_one(value), ...); }, values);
  return is_good;
}

template <class T>
bool read_text(meta_reader& from, std::string_view text, T& value) {
  static_assert(!std::is_trivially_destructible_v<T>,
                "what is read from a meta owns its text, as std::string does");
  std::string content;
  const bool is_good = from.read_text(text, content);
  value = std::move(content);
  return is_good;
}

template <class T>
bool read_duration(meta_reader& from, std::string_view text, T& value) {
  typename T::rep count{};
  const bool is_good = read_number(from, text, count);
  value = T{count};
  return is_good;
}

template <class T>
bool read_value(meta_reader& from, std::string_view text, T& value) {
  if constexpr (std::is_arithmetic_v<T>)
    return read_number(from, text, value);
  else if constexpr (std::is_enum_v<T>)
    return read_enum(from, text, value);
  else if constexpr (text_value<T>)
    return read_text(from, text, value);
  else if constexpr (is_duration<T>)
    return read_duration(from, text, value);
  else if constexpr (is_optional<T>)
    return read_optional(from, text, value);
  else if constexpr (struct_value<T>)
    return read_struct(from, text, value);
  else if constexpr (map_value<T>)
    return read_map(from, text, value);
  else if constexpr (tuple_value<T>)
    return read_tuple(from, text, value);
  else if constexpr (list_value<T>)
    return read_list(from, text, value);
  else
    static_assert(is_no_meta_value<T>,
                  "rollcall/meta.hpp says what a meta may hold; a struct needs "
                  "ROLLCALL_META or an inspect, a map keys that are strings");
}

} // namespace rollcall::detail
