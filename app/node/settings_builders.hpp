#pragma once

#include "app/node/settings_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

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

template <std::integral T>
std::int64_t to_number(T field) {
  return static_cast<std::int64_t>(field);
}

template <class Rep, class Period>
std::int64_t to_number(std::chrono::duration<Rep, Period> field) {
  return static_cast<std::int64_t>(field.count());
}

/// A whole number within bounds.
template <class Member>
setting number(label name, bounds range, Member member) {
  return {name.key,
          name.unit,
          fmt::format("{} to {}", range.low, range.high),
          name.summary,
          setting_kind::number,
          [member, range](node_settings& all, const setting_value& value) {
            const auto x = std::get<std::int64_t>(value);
            if (x < range.low || x > range.high)
              return false;
            using field = std::remove_reference_t<decltype(member(all))>;
            member(all) = static_cast<field>(x);
            return true;
          },
          [member](const node_settings& all) {
            return setting_value{to_number(member(all))};
          }};
}

template <class Member>
setting text(label name, std::size_t bytes_min, std::size_t bytes_max,
             Member member) {
  return {name.key,
          name.unit,
          fmt::format("a string of {} to {} bytes", bytes_min, bytes_max),
          name.summary,
          setting_kind::text,
          [=](node_settings& all, const setting_value& value) {
            const auto& x = std::get<std::string>(value);
            if (x.size() < bytes_min || x.size() > bytes_max)
              return false;
            member(all) = x;
            return true;
          },
          [member](const node_settings& all) {
            return setting_value{member(all)};
          }};
}

/// A text that may be left empty, and then means "none".
template <class Member>
setting optional_text(label name, std::size_t bytes_min, std::size_t bytes_max,
                      Member member) {
  auto result = text(name, 0, bytes_max, member);
  if (bytes_min > 0)
    result.allowed = fmt::format("empty, or a string of {} to {} bytes",
                                 bytes_min, bytes_max);
  auto store = result.store;
  result.store
      = [store, bytes_min](node_settings& all, const setting_value& value) {
          const auto size = std::get<std::string>(value).size();
          return (size == 0 || size >= bytes_min) && store(all, value);
        };
  return result;
}

template <class Member>
setting flag(label name, Member member) {
  return {name.key,
          name.unit,
          "true or false",
          name.summary,
          setting_kind::flag,
          [member](node_settings& all, const setting_value& value) {
            member(all) = std::get<bool>(value);
            return true;
          },
          [member](const node_settings& all) {
            return setting_value{member(all)};
          }};
}

template <class Member>
setting list(label name, std::size_t size_max, Member member,
             std::size_t size_min = 1) {
  return {name.key,
          name.unit,
          fmt::format("a list of {} to {} strings", size_min, size_max),
          name.summary,
          setting_kind::list,
          [=](node_settings& all, const setting_value& value) {
            const auto& xs = std::get<std::vector<std::string>>(value);
            if (xs.size() < size_min || xs.size() > size_max
                || std::any_of(xs.begin(), xs.end(),
                               [](auto& x) { return x.empty(); }))
              return false;
            member(all) = xs;
            return true;
          },
          [member](const node_settings& all) {
            return setting_value{member(all)};
          }};
}

} // namespace rollcall::node::settings_builders
