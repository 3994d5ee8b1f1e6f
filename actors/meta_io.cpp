#include "rollcall/meta_io.hpp"

#include "actors/request_check.hpp"
#include "rollcall/error.hpp"
#include "rollcall/json_string.hpp"
#include "rollcall/limits.hpp"
#include "text/json_parts.hpp"
#include "text/utf8.hpp"

#include <fmt/core.h>

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
  return true;
}

bool meta_writer::write_name(std::string_view name) {
  if (!is_utf8(name))
    return problem.fail("has a member whose name is not UTF-8");
  separate();
  append_json_string(text_, name);
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
  if (!is_number(value) || !parse(value, number))
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

caf::error check_json(std::string_view text) {
  if (is_json(text, limits::meta_depth_max))
    return {};
  return make_error(ec::invalid_meta,
                    fmt::format("the meta is no JSON, or nested deeper than "
                                "{} levels",
                                limits::meta_depth_max));
}

} // namespace rollcall::detail
