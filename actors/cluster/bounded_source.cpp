#include "actors/cluster/bounded_source.hpp"

#include <caf/error.hpp>
#include <caf/sec.hpp>

#include <algorithm>
#include <cstdlib>

namespace rollcall {

namespace {

const char* stack_here() {
  return static_cast<const char*>(__builtin_frame_address(0));
}

} // namespace

bounded_source::bounded_source(caf::actor_system& system,
                               std::string_view bytes,
                               const std::set<std::string>& types)
    : deserializer(system),
      inner_(system, bytes.data(), bytes.size()),
      types_(types),
      stack_(stack_here()) {
  // nop
}

caf::error bounded_source::begin_object(std::uint16_t& number,
                                        std::string& names) {
  if (auto failed = read(number))
    return failed;
  if (number != 0) // a built-in type by its number
    return caf::sec::unknown_type;
  if (auto failed = read_text<std::string, std::uint8_t>(names))
    return failed;
  if (!are_allowed(names))
    return caf::make_error(caf::sec::unknown_type, names);
  return go_deeper();
}

caf::error bounded_source::end_object() {
  --depth_;
  return caf::none;
}

caf::error bounded_source::begin_sequence(std::size_t& count) {
  if (auto failed = read_length(count))
    return failed;
  // Only a `vector<bool>` has elements of less than a byte.
  if (count > 8 * left())
    return caf::sec::end_of_stream;
  return go_deeper();
}

caf::error bounded_source::end_sequence() {
  --depth_;
  return caf::none;
}

caf::error bounded_source::apply_raw(std::size_t count, void* data) {
  return count > left() ? caf::error{caf::sec::end_of_stream}
                        : inner_.apply_raw(count, data);
}

/// `@<>` and the names of the elements, each with a `+` in front.
bool bounded_source::are_allowed(std::string_view names) const {
  constexpr std::string_view start = "@<>";
  if (!names.starts_with(start))
    return false;
  for (names.remove_prefix(start.size()); !names.empty();) {
    if (names.front() != '+')
      return false;
    names.remove_prefix(1);
    const auto name = names.substr(0, names.find('+'));
    if (!types_.contains(std::string{name}))
      return false;
    names.remove_prefix(name.size());
  }
  return true;
}

caf::error bounded_source::go_deeper() {
  return ++depth_ > depth_max ? caf::error{caf::sec::runtime_error}
                              : caf::error{};
}

template <class T>
caf::error bounded_source::read(T& x) {
  const auto used = static_cast<std::size_t>(std::abs(stack_ - stack_here()));
  if (used > stack_bytes_max)
    return caf::sec::runtime_error;
  return sizeof(T) > left() ? caf::error{caf::sec::end_of_stream}
                            : inner_.apply(x);
}

/// CAF shifts by whatever number of digits there is; four bytes take five.
caf::error bounded_source::read_length(std::size_t& count) {
  count = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    std::uint8_t digit = 0;
    if (auto failed = read(digit))
      return failed;
    count |= std::size_t{digit & 0x7fu} << shift;
    if (digit < 0x80)
      return caf::none;
  }
  return caf::sec::end_of_stream;
}

template <class Text, class Unit>
caf::error bounded_source::read_text(Text& x) {
  std::size_t count = 0;
  if (auto failed = read_length(count))
    return failed;
  if (count > left() / sizeof(Unit))
    return caf::sec::end_of_stream;
  x.clear();
  for (x.reserve(count); count > 0; --count) {
    Unit unit = 0;
    if (auto failed = read(unit))
      return failed;
    x.push_back(static_cast<typename Text::value_type>(unit));
  }
  return caf::none;
}

caf::error bounded_source::apply_impl(std::int8_t& x) {
  return read(x);
}

caf::error bounded_source::apply_impl(std::uint8_t& x) {
  return read(x);
}

caf::error bounded_source::apply_impl(std::int16_t& x) {
  return read(x);
}

caf::error bounded_source::apply_impl(std::uint16_t& x) {
  return read(x);
}

caf::error bounded_source::apply_impl(std::int32_t& x) {
  return read(x);
}

caf::error bounded_source::apply_impl(std::uint32_t& x) {
  return read(x);
}

caf::error bounded_source::apply_impl(std::int64_t& x) {
  return read(x);
}

caf::error bounded_source::apply_impl(std::uint64_t& x) {
  return read(x);
}

caf::error bounded_source::apply_impl(float& x) {
  return read(x);
}

caf::error bounded_source::apply_impl(double& x) {
  return read(x);
}

/// CAF sends its digits.
caf::error bounded_source::apply_impl(long double& x) {
  std::string digits;
  if (auto failed = read_text<std::string, std::uint8_t>(digits))
    return failed;
  x = std::strtold(digits.c_str(), nullptr);
  return caf::none;
}

caf::error bounded_source::apply_impl(std::string& x) {
  std::size_t count = 0;
  if (auto failed = read_length(count))
    return failed;
  if (count > left())
    return caf::sec::end_of_stream;
  x.resize(count);
  return count > 0 ? inner_.apply_raw(count, x.data()) : caf::none;
}

caf::error bounded_source::apply_impl(std::u16string& x) {
  return read_text<std::u16string, std::uint16_t>(x);
}

caf::error bounded_source::apply_impl(std::u32string& x) {
  return read_text<std::u32string, std::uint32_t>(x);
}

} // namespace rollcall
