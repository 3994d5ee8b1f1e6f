#include "crdt/names.hpp"

#include "rollcall/limits.hpp"

namespace rollcall::crdt {

namespace {

bool is_good_name(std::string_view name, std::size_t bytes_max) noexcept {
  return !name.empty() && name.size() <= bytes_max && is_text(name);
}

} // namespace

bool is_text(std::string_view bytes) noexcept {
  for (std::size_t i = 0; i < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    if (lead == 0 || (lead >= 0x80 && lead < 0xc2) || lead > 0xf4)
      return false;
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xe0 ? 2
                               : lead < 0xf0 ? 3
                                             : 4;
    if (bytes.size() - i < length)
      return false;
    for (std::size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(bytes[i + k]) & 0xc0) != 0x80)
        return false;
    const auto second
        = length > 1 ? static_cast<unsigned char>(bytes[i + 1]) : 0u;
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)
        || (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f))
      return false;
    i += length;
  }
  return true;
}

std::string name_problem(std::string_view name, std::size_t bytes_max,
                         std::string_view label) {
  const auto subject = "the " + std::string{label};
  if (name.empty())
    return subject + " is empty; allowed: 1 to " + std::to_string(bytes_max)
           + " bytes of UTF-8";
  if (name.size() > bytes_max)
    return subject + " has " + std::to_string(name.size())
           + " bytes; allowed: 1 to " + std::to_string(bytes_max);
  if (!is_text(name))
    return subject + " is not UTF-8, or has a zero byte";
  return {};
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
