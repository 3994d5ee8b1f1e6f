#include "rollcall/meta_io.hpp"

#include "actors/request_check.hpp"
#include "rollcall/error.hpp"
#include "rollcall/json_string.hpp"
#include "rollcall/limits.hpp"
#include "text/json_parts.hpp"
#include "text/utf8.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

namespace rollcall::detail {

namespace {

/// How much of a number an error shows.
constexpr std::size_t shown_bytes_max = 40;

bool is_number(std::string_view value) noexcept {
  return !value.empty()
         && (value[0] == '-' || (value[0] >= '0' && value[0] <= '9'));
}

/// What a value is, for people.
std::string name_of_value(std::string_view value) {
  if (is_number(value))
    return std::string{value.substr(0, shown_bytes_max)};
  switch (value.empty() ? '\0' : value[0]) {
  case '{':
    return "an object";
  case '[':
    return "an array";
  case '"':
    return "a string";
  case 't':
  case 'f':
    return "a boolean";
  default:
    return "null";
  }
}

/// @returns whether the whole text is such a number, as far as the type goes.
template <class Number>
bool parse(std::string_view text, Number& out) noexcept {
  const auto* const end = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, out);
  return problem == std::errc{} && at == end;
}

/// Whether a number is nearer to zero than 1, however it is written.
/// @pre `text` is a JSON number that is not zero.
bool is_below_one(std::string_view text) noexcept {
  if (text.starts_with('-'))
    text.remove_prefix(1);
  const auto e = text.find_first_of("eE");
  const auto digits = text.substr(0, e);
  const auto first = digits.find_first_of("123456789");
  const auto point = std::min(digits.find('.'), digits.size());
  // The power of ten of the first digit that counts.
  auto power = static_cast<double>(point) - static_cast<double>(first);
  if (first < point)
    power -= 1;
  if (e == std::string_view::npos)
    return power < 0;
  auto exponent = text.substr(e + 1);
  if (exponent.starts_with('+'))
    exponent.remove_prefix(1);
  std::int64_t by = 0;
  const auto* const end = exponent.data() + exponent.size();
  if (std::from_chars(exponent.data(), end, by).ec != std::errc{})
    return exponent.starts_with('-'); // Beyond all that a text can make up for.
  return power + static_cast<double>(by) < 0;
}

/// A number that is too small for its type is zero, as for JSON.parse.
template <class Number>
bool parse_real(std::string_view text, Number& out) noexcept {
  const auto* const end = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, out);
  if (problem == std::errc::result_out_of_range && at == end
      && is_below_one(text)) {
    out = text.starts_with('-') ? -Number{0} : Number{0};
    return true;
  }
  return problem == std::errc{} && at == end;
}

/// An integer may be written as 3.0 or 3e2, as far as a double is exact.
template <class Integer>
bool parse_integer(std::string_view text, Integer& out) noexcept {
  if (parse(text, out))
    return true;
  constexpr double exact_max = 9'007'199'254'740'992.0; // 2^53
  double wide = 0;
  if (!parse(text, wide) || wide != std::floor(wide)
      || std::abs(wide) > exact_max
      || (std::is_unsigned_v<Integer> && wide < 0))
    return false;
  out = static_cast<Integer>(wide);
  return true;
}

/// Of members of one name the last one counts, as for JSON.parse.
void keep_last(std::vector<meta_part>& parts) {
  std::vector<std::pair<std::string_view, std::size_t>> names;
  names.reserve(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i)
    names.emplace_back(parts[i].name, i);
  std::sort(names.begin(), names.end());
  std::vector<bool> is_hidden;
  for (std::size_t i = 1; i < names.size(); ++i)
    if (names[i - 1].first == names[i].first) {
      is_hidden.resize(parts.size());
      is_hidden[names[i - 1].second] = true;
    }
  if (is_hidden.empty())
    return;
  std::vector<meta_part> kept;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (!is_hidden[i])
      kept.push_back(std::move(parts[i]));
  parts = std::move(kept);
}

} // namespace

// -- problems -----------------------------------------------------------------

bool meta_problem::fail(std::string sentence) {
  sentence_ = std::move(sentence);
  return false;
}

bool meta_problem::within(std::string_view member, bool is_good) {
  if (!is_good)
    path_ = fmt::format("{}{}{}", member,
                        path_.empty() || path_[0] == '[' ? "" : ".", path_);
  return is_good;
}

bool meta_problem::within(std::size_t element, bool is_good) {
  if (!is_good)
    path_ = fmt::format("[{}]{}{}", element,
                        path_.empty() || path_[0] == '[' ? "" : ".", path_);
  return is_good;
}

caf::error meta_problem::error() const {
  return make_error(ec::invalid_meta,
                    path_.empty()
                        ? fmt::format("the meta {}", sentence_)
                        : fmt::format("member '{}' {}", path_, sentence_));
}

// -- writing ------------------------------------------------------------------

/// Puts a comma where something stands before the next value.
void meta_writer::separate() {
  if (!text_.empty() && text_.back() != '{' && text_.back() != '['
      && text_.back() != ':')
    text_ += ',';
}

template <class Number>
bool meta_writer::write_number(Number value) {
  std::array<char, 32> digits{};
  const auto end
      = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  separate();
  text_.append(digits.data(), end);
  return true;
}

bool meta_writer::write_null() {
  separate();
  text_ += "null";
  return true;
}

bool meta_writer::write_bool(bool value) {
  separate();
  text_ += value ? "true" : "false";
  return true;
}

bool meta_writer::write_signed(std::int64_t value) {
  return write_number(value);
}

bool meta_writer::write_unsigned(std::uint64_t value) {
  return write_number(value);
}

bool meta_writer::write_float(float value) {
  return std::isfinite(value) ? write_number(value) : write_double(value);
}

bool meta_writer::write_double(double value) {
  if (!std::isfinite(value))
    return problem.fail(
        fmt::format("is {}, for which JSON has no number", value));
  return write_number(value);
}

bool meta_writer::write_text(std::string_view text) {
  if (!is_utf8(text))
    return problem.fail("is a string that is not UTF-8");
  separate();
  append_json_string(text_, text);
  return true;
}

bool meta_writer::begin(char bracket) {
  if (++depth_ > limits::meta_depth_max)
    return problem.fail(
        fmt::format("is nested deeper than {} levels", limits::meta_depth_max));
  separate();
  text_ += bracket;
  return true;
}

bool meta_writer::end(char bracket) {
  --depth_;
  text_ += bracket;
  return bracket != '}' || end_names();
}

/// The object is complete. @returns whether all of its names differ.
bool meta_writer::end_names() {
  const auto name_of = [this](const written_name& one) {
    return std::string_view{text_}.substr(one.first, one.bytes);
  };
  const auto begin = std::find_if(names_.rbegin(), names_.rend(),
                                  [this](const written_name& one) {
                                    return one.depth <= depth_;
                                  })
                         .base();
  std::sort(begin, names_.end(), [&](const auto& a, const auto& b) {
    return name_of(a) < name_of(b);
  });
  const auto twice = std::adjacent_find(
      begin, names_.end(),
      [&](const auto& a, const auto& b) { return name_of(a) == name_of(b); });
  if (twice != names_.end())
    return problem.within(json_string_content(name_of(*twice)),
                          problem.fail("is there twice"));
  names_.erase(begin, names_.end());
  return true;
}

bool meta_writer::write_name(std::string_view name) {
  if (!is_utf8(name))
    return problem.fail("has a member whose name is not UTF-8");
  separate();
  const auto first = text_.size();
  append_json_string(text_, name);
  names_.push_back({first, text_.size() - first, depth_});
  text_ += ':';
  return true;
}

// -- reading ------------------------------------------------------------------

bool meta_reader::refuse(std::string_view value, std::string_view allowed) {
  return problem.fail(
      fmt::format("is {}; allowed: {}", name_of_value(value), allowed));
}

bool meta_reader::is_null(std::string_view value) noexcept {
  return value == "null";
}

bool meta_reader::read_bool(std::string_view value, bool& out) {
  out = value == "true";
  return out || value == "false" || refuse(value, "true or false");
}

template <class Integer>
bool meta_reader::read_integer(std::string_view value, Integer& out,
                               Integer least, Integer most) {
  Integer number{};
  if (!is_number(value) || !parse_integer(value, number) || number < least
      || number > most)
    return refuse(value, fmt::format("an integer from {} to {}", least, most));
  out = number;
  return true;
}

bool meta_reader::read_signed(std::string_view value, std::int64_t& out,
                              std::int64_t least, std::int64_t most) {
  return read_integer(value, out, least, most);
}

bool meta_reader::read_unsigned(std::string_view value, std::uint64_t& out,
                                std::uint64_t most) {
  return read_integer(value, out, std::uint64_t{0}, most);
}

template <class Number>
bool meta_reader::read_number(std::string_view value, Number& out) {
  Number number{};
  if (!is_number(value) || !parse_real(value, number))
    return refuse(value, fmt::format("a number, at most {:.2g}",
                                     std::numeric_limits<Number>::max()));
  out = number;
  return true;
}

bool meta_reader::read_float(std::string_view value, float& out) {
  return read_number(value, out);
}

bool meta_reader::read_double(std::string_view value, double& out) {
  return read_number(value, out);
}

bool meta_reader::read_text(std::string_view value, std::string& out) {
  if (!value.starts_with('"'))
    return refuse(value, "a string");
  out = json_string_content(value);
  return true;
}

bool meta_reader::read_object(std::string_view value,
                              std::vector<meta_part>& out) {
  if (!is_json_object(value))
    return refuse(value, "an object");
  json_parts parts{value};
  while (const auto member = parts.next_member())
    out.push_back({json_string_content(member->name), member->value});
  keep_last(out);
  return true;
}

bool meta_reader::read_array(std::string_view value,
                             std::vector<std::string_view>& out) {
  if (!value.starts_with('['))
    return refuse(value, "an array");
  json_parts parts{value};
  while (const auto element = parts.next_element())
    out.push_back(*element);
  return true;
}

caf::error type_threw(std::string_view words) {
  return make_error(ec::invalid_meta,
                    words.empty()
                        ? std::string{"the type of the meta threw"}
                        : fmt::format("the type of the meta threw: {}", words));
}

caf::error check_json(std::string_view text) {
  if (is_json(text, limits::meta_depth_max))
    return {};
  return make_error(ec::invalid_meta,
                    fmt::format("the meta is no JSON, or nested deeper than "
                                "{} levels",
                                limits::meta_depth_max));
}

} // namespace rollcall::detail
