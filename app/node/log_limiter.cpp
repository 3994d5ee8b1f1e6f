#include "app/node/log_limiter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace rollcall::node {

namespace {

bool is_digit(char symbol) {
  return symbol >= '0' && symbol <= '9';
}

/// What of a word tells the kind: "reason=idle" as it is, "remote=" without its
/// value, nothing of a word with a digit.
std::string_view part_of_kind(std::string_view word) {
  if (word.starts_with("reason="))
    return word;
  if (const auto equals = word.find('='); equals != std::string_view::npos)
    return word.substr(0, equals + 1);
  return std::any_of(word.begin(), word.end(), is_digit) ? std::string_view{}
                                                         : word;
}

/// Where the quoted text that begins at `from` ends, or the text itself.
std::size_t end_of_quote(std::string_view text, std::size_t from) {
  return std::min(text.find(text[from], from + 1), text.size() - 1) + 1;
}

std::string words_of_kind(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\'' || text[at] == '"') {
      at = end_of_quote(text, at);
      continue;
    }
    const auto end = std::min(text.find_first_of(" '\"", at + 1), text.size());
    result += part_of_kind(text.substr(at, end - at));
    at = end;
    if (at < text.size() && text[at] == ' ') {
      result += ' ';
      ++at;
    }
  }
  return result;
}

} // namespace

log_limiter::kind log_limiter::kind_of(log_level level,
                                       std::string_view component,
                                       std::string_view text) {
  return std::hash<std::string>{}(fmt::format(
      "{} {} {}", static_cast<int>(level), component, words_of_kind(text)));
}

log_limiter::record& log_limiter::record_of(kind which, log_level level,
                                            clock::time_point now) {
  if (const auto found = records_.find(which); found != records_.end())
    return found->second;
  if (records_.size() < kinds_max)
    return records_.emplace(which, record{now, 0, {}}).first->second;
  return others_[static_cast<std::size_t>(level)];
}

bool log_limiter::admit(log_level level, std::string_view component,
                        std::string_view text, clock::time_point now) {
  auto& seen = record_of(kind_of(level, component, text), level, now);
  if (now - seen.begin >= window) {
    seen.begin = now;
    seen.lines = 0;
  }
  if (++seen.lines <= lines_per_window)
    return true;
  if (seen.missing.lines++ == 0) {
    seen.missing.level = level;
    seen.missing.component = component;
    seen.missing.example = text.substr(0, example_bytes_max);
  }
  return false;
}

std::vector<log_limiter::left_out>
log_limiter::take_left_out(clock::time_point now) {
  std::vector<left_out> result;
  if (now < next_look_)
    return result;
  next_look_ = now + window;
  const auto look = [&](record& seen) {
    if (now - seen.begin >= window && seen.missing.lines != 0)
      result.push_back(std::exchange(seen.missing, {}));
  };
  for (auto& [which, seen] : records_)
    look(seen);
  for (auto& seen : others_)
    look(seen);
  std::erase_if(records_, [&](const auto& item) {
    return now - item.second.begin >= window;
  });
  return result;
}

} // namespace rollcall::node
