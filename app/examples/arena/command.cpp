#include "app/examples/arena/command.hpp"

#include "app/examples/arena/nim.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace arena {

namespace {

enum class argument_kind : std::uint8_t { none, name, text, stones };

struct verb_row {
  arena::verb verb;
  std::string_view word;
  argument_kind argument;
};

constexpr verb_row verbs[] = {
    {verb::login, "login", argument_kind::name},
    {verb::play, "play", argument_kind::none},
    {verb::rest, "rest", argument_kind::none},
    {verb::take, "take", argument_kind::stones},
    {verb::resign, "resign", argument_kind::none},
    {verb::say, "say", argument_kind::text},
    {verb::befriend, "friend", argument_kind::name},
    {verb::unfriend, "unfriend", argument_kind::name},
    {verb::who, "who", argument_kind::none},
    {verb::ping, "ping", argument_kind::none},
    {verb::quit, "quit", argument_kind::none},
};

bool is_name_symbol(char symbol) noexcept {
  return (symbol >= 'a' && symbol <= 'z') || (symbol >= 'A' && symbol <= 'Z')
         || (symbol >= '0' && symbol <= '9') || symbol == '_' || symbol == '-';
}

std::optional<std::int32_t> read_stones(std::string_view text) {
  std::int32_t result = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, result);
  if (read.ec != std::errc{} || read.ptr != end || result < 1
      || result > take_max)
    return std::nullopt;
  return result;
}

} // namespace

bool is_player_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= name_bytes_max
         && std::all_of(text.begin(), text.end(), is_name_symbol);
}

std::string_view to_string(verb verb) noexcept {
  return verbs[static_cast<std::size_t>(verb)].word;
}

std::optional<command> read_command(std::string_view word,
                                    std::string_view argument) {
  const auto* row
      = std::find_if(std::begin(verbs), std::end(verbs),
                     [&](const verb_row& each) { return each.word == word; });
  if (row == std::end(verbs))
    return std::nullopt;
  command result{row->verb, {}, 0, {}};
  switch (row->argument) {
  case argument_kind::none:
    break;
  case argument_kind::name:
    if (!is_player_name(argument))
      return std::nullopt;
    result.text = argument;
    break;
  case argument_kind::text:
    if (argument.empty() || argument.size() > say_bytes_max)
      return std::nullopt;
    result.text = argument;
    break;
  case argument_kind::stones:
    const auto stones = read_stones(argument);
    if (!stones)
      return std::nullopt;
    result.number = *stones;
    break;
  }
  return result;
}

std::optional<command> read_line(std::string_view line) {
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  const auto gap = line.find(' ');
  if (gap == std::string_view::npos)
    return read_command(line, {});
  return read_command(line.substr(0, gap), line.substr(gap + 1));
}

} // namespace arena
