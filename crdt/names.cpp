#include "crdt/names.hpp"

#include "rollcall/limits.hpp"
#include "text/utf8.hpp"

namespace rollcall::crdt {

namespace {

bool is_good_name(std::string_view name, std::size_t bytes_max) noexcept {
  return !name.empty() && name.size() <= bytes_max && is_text(name);
}

} // namespace

bool is_text(std::string_view bytes) noexcept {
  return bytes.find('\0') == std::string_view::npos && is_utf8(bytes);
}

std::string name_problem(std::string_view name, std::size_t bytes_max,
                         std::string_view label) {
  if (is_good_name(name, bytes_max))
    return {};
  const auto subject = "the " + std::string{label};
  if (name.empty())
    return subject + " is empty; allowed: 1 to " + std::to_string(bytes_max)
           + " bytes of UTF-8";
  if (name.size() > bytes_max)
    return subject + " has " + std::to_string(name.size())
           + " bytes; allowed: 1 to " + std::to_string(bytes_max);
  return subject + " is not UTF-8, or has a zero byte";
}

bool is_good_topic(std::string_view topic) noexcept {
  return is_good_name(topic, limits::topic_bytes_max);
}

bool is_good_key(std::string_view key) noexcept {
  return is_good_name(key, limits::key_bytes_max);
}

bool is_good_node_name(std::string_view name) noexcept {
  return is_good_name(name, limits::node_name_bytes_max);
}

} // namespace rollcall::crdt
