#include "app/node/page_text.hpp"

#include <rollcall/presence_json.hpp>

#include <fmt/format.h>

#include <iterator>
#include <span>

namespace rollcall::node {

namespace {

/// Of the metas of one key.
constexpr std::size_t metas_bytes_max = 1u << 20;

using presences = std::span<const entry_ptr>;

/// How many of the first `count` presences are left without a key that goes on
/// behind them.
std::size_t without_torn_key(presences all, std::size_t count) {
  const auto key = all[count]->key();
  while (count > 0 && all[count - 1]->key() == key)
    --count;
  return count;
}

/// Appends whole keys. @returns of how many presences; 0 if the first key is
/// too large.
std::size_t append_whole_keys(std::string& out, presences all,
                              std::size_t bytes) {
  const auto start = out.size();
  const auto told = append_keyed_json(
      out, all, {.bytes = bytes, .bytes_max = metas_bytes_max});
  const auto whole = told < all.size() ? without_torn_key(all, told) : told;
  if (whole < told) {
    out.resize(start);
    append_keyed_json(out, all.first(whole));
  }
  return whole;
}

} // namespace

std::string_view append_page_members(std::string& out, const topic_page& page,
                                     std::size_t bytes) {
  fmt::format_to(std::back_inserter(out),
                 "\"presences\":{},\"keys\":{},\"state\":", page.now.presences,
                 page.now.keys);
  const presences all{page.presences};
  const auto told = append_whole_keys(out, all, bytes);
  std::string_view next = page.next;
  if (told < all.size())
    next = all[told == 0 ? 0 : told - 1]->key();
  out += ",\"next\":";
  if (next.empty())
    out += "null";
  else
    append_json_string(out, next);
  return told == 0 ? next : std::string_view{};
}

} // namespace rollcall::node
