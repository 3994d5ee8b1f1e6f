#include "app/node/settings_table.hpp"

#include <caf/config_value.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>

namespace rollcall::node {

namespace {

/// How many letters to insert, delete or replace (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

std::optional<setting_value> read_number(std::string_view text) {
  std::int64_t result = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, result);
  if (error != std::errc{} || rest != end)
    return std::nullopt;
  return setting_value{result};
}

std::optional<setting_value> read_flag(std::string_view text) {
  if (text == "true")
    return setting_value{true};
  if (text == "false")
    return setting_value{false};
  return std::nullopt;
}

std::string unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    text = text.substr(1, text.size() - 2);
  return std::string{text};
}

/// Takes `["a", "b"]` as in the file, and `a,b` since it is easier to type.
std::optional<setting_value> read_list(std::string_view text) {
  if (text.starts_with('[') != text.ends_with(']'))
    return std::nullopt;
  if (text.starts_with('['))
    text = text.substr(1, text.size() - 2);
  std::vector<std::string> result;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    auto item = text.substr(0, comma);
    while (item.starts_with(' '))
      item.remove_prefix(1);
    while (item.ends_with(' '))
      item.remove_suffix(1);
    result.push_back(unquoted(item));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return setting_value{std::move(result)};
}

} // namespace

std::string_view nearest_key(std::string_view mistyped) {
  std::string_view nearest;
  auto least = std::numeric_limits<std::size_t>::max();
  for (const auto& setting : settings_table()) {
    const auto longer = std::max(setting.key.size(), mistyped.size());
    const auto shorter = std::min(setting.key.size(), mistyped.size());
    if (longer - shorter >= least)
      continue; // It is at least so many letters away.
    const auto letters = distance(setting.key, mistyped);
    if (letters < least) {
      least = letters;
      nearest = setting.key;
    }
  }
  return nearest;
}

std::optional<setting_value> read_value(setting_kind kind,
                                        std::string_view text) {
  switch (kind) {
  case setting_kind::text:
    return setting_value{unquoted(text)};
  case setting_kind::number:
    return read_number(text);
  case setting_kind::flag:
    return read_flag(text);
  case setting_kind::list:
    return read_list(text);
  }
  return std::nullopt;
}

std::string to_text(const setting_value& value) {
  if (const auto* text = std::get_if<std::string>(&value))
    return fmt::format("\"{}\"", *text);
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return fmt::format("{}", *number);
  if (const auto* flag = std::get_if<bool>(&value))
    return *flag ? "true" : "false";
  const auto& items = std::get<std::vector<std::string>>(value);
  if (items.empty())
    return "[]";
  return fmt::format("[\"{}\"]", fmt::join(items, "\", \""));
}

} // namespace rollcall::node
