#include "text/flat_object.hpp"

namespace rollcall {

namespace {

/// Digits of an integer that every reader of JSON can hold.
constexpr std::ptrdiff_t digits_max = 15;

/// Which bytes may stand in a string as they are.
constexpr std::array<bool, 256> plain_bytes = [] {
  std::array<bool, 256> result{};
  for (std::size_t byte = 0x20; byte < 0x7f; ++byte)
    result[byte] = byte != '"' && byte != '\\';
  return result;
}();

/// What is left of a text.
struct cursor {
  const char* at;
  const char* end;

  bool take(char wanted) noexcept {
    if (at == end || *at != wanted)
      return false;
    ++at;
    return true;
  }

  bool take(std::string_view word) noexcept {
    const std::string_view rest{at, static_cast<std::size_t>(end - at)};
    if (!rest.starts_with(word))
      return false;
    at += word.size();
    return true;
  }

  void skip_spaces() noexcept {
    while (at != end && *at == ' ')
      ++at;
  }

  bool take_string(std::string_view& content) noexcept {
    if (!take('"'))
      return false;
    const auto* const first = at;
    while (at != end && plain_bytes[static_cast<unsigned char>(*at)])
      ++at;
    content = {first, static_cast<std::size_t>(at - first)};
    return take('"');
  }

  bool take_integer() noexcept {
    take('-');
    const auto* const first = at;
    while (at != end && *at >= '0' && *at <= '9')
      ++at;
    const auto digits = at - first;
    return digits == 1 || (digits > 1 && digits <= digits_max && *first != '0');
  }

  bool take_value() noexcept {
    std::string_view content;
    switch (at == end ? '\0' : *at) {
    case '"':
      return take_string(content);
    case 't':
      return take("true");
    case 'f':
      return take("false");
    case 'n':
      return take("null");
    default:
      return take_integer();
    }
  }

  /// One member and the spaces around it.
  bool take_member(std::string_view& name) noexcept {
    skip_spaces();
    if (!take_string(name))
      return false;
    skip_spaces();
    if (!take(':'))
      return false;
    skip_spaces();
    const bool is_good = take_value();
    skip_spaces();
    return is_good;
  }
};

} // namespace

bool flat_object::read(std::string_view text) noexcept {
  count_ = 0;
  cursor rest{text.data(), text.data() + text.size()};
  if (!rest.take('{'))
    return false;
  rest.skip_spaces();
  if (rest.take('}'))
    return rest.at == rest.end;
  do {
    if (count_ == members_max || !rest.take_member(names_[count_]))
      return false;
    ++count_;
  } while (rest.take(','));
  return rest.take('}') && rest.at == rest.end;
}

} // namespace rollcall
