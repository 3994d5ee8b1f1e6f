#include "app/examples/arena/notice.hpp"

#include <rollcall/json_string.hpp>

namespace arena {

std::string to_line(const notice& news) {
  auto result = news.name;
  for (const auto& [name, value] : news.fields) {
    result += ' ';
    if (const auto* number = std::get_if<std::int64_t>(&value))
      result += std::to_string(*number);
    else
      result += std::get<std::string>(value);
  }
  for (auto& symbol : result)
    if (symbol == '\n' || symbol == '\r')
      symbol = ' ';
  return result;
}

std::string to_json(const notice& news) {
  std::string result{"{"};
  for (const auto& [name, value] : news.fields) {
    if (result.size() > 1)
      result += ',';
    rollcall::append_json_string(result, name);
    result += ':';
    if (const auto* number = std::get_if<std::int64_t>(&value))
      result += std::to_string(*number);
    else
      rollcall::append_json_string(result, std::get<std::string>(value));
  }
  return result += '}';
}

} // namespace arena
