#include "app/node/config_duplicates.hpp"

#include <set>
#include <utility>

namespace rollcall::node {

namespace {

/// Walks over a config file. Knows just enough of its syntax to tell a key
/// from what stands inside a value: strings, comments, and brackets.
class key_scanner {
public:
  explicit key_scanner(std::string_view text) : text_{text} {
  }

  std::optional<std::string> find_duplicate() {
    while (skip_blanks(), !text_.empty()) {
      if (text_.front() == '[') {
        section_ = trimmed(take_until("]\n").substr(1));
        take(1);
        continue;
      }
      auto key = std::string{trimmed(take_until("=\n"))};
      if (!section_.empty() && section_ != "global")
        key = section_ + '.' + key;
      if (!seen_.insert(key).second)
        return key;
      skip_value();
    }
    return std::nullopt;
  }

private:
  static std::string_view trimmed(std::string_view x) {
    constexpr std::string_view blanks = " \t\r";
    const auto begin = x.find_first_not_of(blanks);
    if (begin == std::string_view::npos)
      return {};
    return x.substr(begin, x.find_last_not_of(blanks) - begin + 1);
  }

  std::string_view take(std::size_t size) {
    const auto result = text_.substr(0, size);
    text_.remove_prefix(result.size());
    return result;
  }

  std::string_view take_until(std::string_view ends) {
    return take(text_.find_first_of(ends));
  }

  void skip_blanks() {
    while (!text_.empty())
      if (text_.front() == ';')
        take_until("\n");
      else if (std::string_view{" \t\r\n"}.find(text_.front())
               != std::string_view::npos)
        take(1);
      else
        return;
  }

  void skip_string(char quote) {
    take(1);
    while (!text_.empty() && text_.front() != quote)
      take(text_.front() == '\\' ? 2 : 1);
    take(1);
  }

  /// A value ends with its line, unless a bracket is open.
  void skip_value() {
    for (int depth = 0;
         !text_.empty() && (depth > 0 || text_.front() != '\n');) {
      const auto symbol = text_.front();
      if (symbol == '"' || symbol == '\'') {
        skip_string(symbol);
        continue;
      }
      if (symbol == ';') {
        take_until("\n");
        continue;
      }
      if (symbol == '[' || symbol == '{' || symbol == '(')
        ++depth;
      if (symbol == ']' || symbol == '}' || symbol == ')')
        --depth;
      take(1);
    }
  }

  std::string_view text_;
  std::string section_;
  std::set<std::string> seen_;
};

} // namespace

std::optional<std::string> find_duplicate_key(std::string_view file) {
  return key_scanner{file}.find_duplicate();
}

} // namespace rollcall::node
