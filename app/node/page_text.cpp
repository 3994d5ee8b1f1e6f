#include "app/node/page_text.hpp"

#include <rollcall/presence_json.hpp>

#include <fmt/format.h>

#include <iterator>
#include <string_view>

namespace rollcall::node {

namespace {

/// Appends the presences of one key. @returns where the next key begins.
std::size_t append_key(std::string& out, const topic_page& page,
                       std::size_t at) {
  const auto key = page.presences[at]->key();
  append_json_string(out, key);
  out += ":{\"metas\":[";
  for (; at < page.presences.size() && page.presences[at]->key() == key; ++at) {
    if (!out.ends_with('['))
      out += ',';
    append_meta_json(out, *page.presences[at]);
  }
  out += "]}";
  return at;
}

} // namespace

void append_page_members(std::string& out, const topic_page& page,
                         std::size_t bytes_max) {
  fmt::format_to(std::back_inserter(out),
                 "\"presences\":{},\"keys\":{},\"state\":{{",
                 page.now.presences, page.now.keys);
  const auto start = out.size();
  const auto& all = page.presences;
  std::size_t at = 0;
  while (at < all.size() && (at == 0 || out.size() - start < bytes_max)) {
    if (at != 0)
      out += ',';
    at = append_key(out, page, at);
  }
  const std::string_view next
      = at < all.size() ? all[at - 1]->key() : std::string_view{page.next};
  out += "},\"next\":";
  if (next.empty())
    out += "null";
  else
    append_json_string(out, next);
}

} // namespace rollcall::node
