#pragma once

#include "app/node/settings_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

// Gives the field of a const or mutable node_settings.
#define ROLLCALL_FIELD(path)                                                   \
  [](auto& all) -> auto& {                                                     \
    return all.path;                                                           \
  }

/// How `settings_table.cpp` describes a setting. `member` gives the field of a
/// `node_settings`, const or not.
namespace rollcall::node::settings_builders {

inline constexpr std::int64_t day_ms = 86'400'000;
inline constexpr std::int64_t million = 1'000'000;
inline constexpr std::size_t path_bytes_max = 4096;

/// How a setting is called and described.
struct label {
  const char* key;
  const char* unit;
  const char* summary;
};

struct bounds {
  std::int64_t low;
  std::int64_t high;
};

/// What is stored in a field, as a value of a setting.
template <class Value, class Field>
Value value_of(const Field& field) {
  return static_cast<Value>(field);
}

template <class Value, class Rep, class Period>
Value value_of(std::chrono::duration<Rep, Period> field) {
  return static_cast<Value>(field.count());
}

/// A setting of which `is_allowed` says what may be stored in its field.
template <class Value, class Member, class Check>
setting checked(label name, std::string allowed, setting_kind kind,
                Member member, Check is_allowed) {
  return {name.key,
          name.unit,
          std::move(allowed),
          name.summary,
          kind,
          [=](node_settings& all, const setting_value& value) {
            const auto& x = std::get<Value>(value);
            if (!is_allowed(x))
              return false;
            using field = std::remove_reference_t<decltype(member(all))>;
            member(all) = static_cast<field>(x);
            return true;
          },
          [=](const node_settings& all) {
            return setting_value{value_of<Value>(member(all))};
          }};
}

/// A whole number within bounds.
template <class Member>
setting number(label name, bounds range, Member member) {
  return checked<std::int64_t>(
      name, fmt::format("{} to {}", range.low, range.high),
      setting_kind::number, member,
      [range](std::int64_t x) { return x >= range.low && x <= range.high; });
}

template <class Member>
setting text(label name, std::size_t bytes_min, std::size_t bytes_max,
             Member member) {
  return checked<std::string>(
      name, fmt::format("a string of {} to {} bytes", bytes_min, bytes_max),
      setting_kind::text, member, [=](const std::string& x) {
        return x.size() >= bytes_min && x.size() <= bytes_max;
      });
}

/// A text that may be left empty, and then means "none".
template <class Member>
setting optional_text(label name, std::size_t bytes_min, std::size_t bytes_max,
                      Member member) {
  return checked<std::string>(
      name,
      fmt::format("{}a string of {} to {} bytes",
                  bytes_min > 0 ? "empty, or " : "", bytes_min, bytes_max),
      setting_kind::text, member, [=](const std::string& x) {
        return x.empty() || (x.size() >= bytes_min && x.size() <= bytes_max);
      });
}

/// The name of a file, or none.
template <class Member>
setting file(label name, Member member) {
  return optional_text(name, 0, path_bytes_max, member);
}

template <class Member>
setting flag(label name, Member member) {
  return checked<bool>(name, "true or false", setting_kind::flag, member,
                       [](bool) { return true; });
}

template <class Member>
setting list(label name, std::size_t size_max, Member member,
             std::size_t size_min = 1) {
  using texts = std::vector<std::string>;
  return checked<texts>(
      name, fmt::format("a list of {} to {} strings", size_min, size_max),
      setting_kind::list, member, [=](const texts& xs) {
        return xs.size() >= size_min && xs.size() <= size_max
               && std::none_of(xs.begin(), xs.end(),
                               [](auto& x) { return x.empty(); });
      });
}

} // namespace rollcall::node::settings_builders
