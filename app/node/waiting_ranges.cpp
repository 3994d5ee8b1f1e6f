#include "app/node/waiting_ranges.hpp"

#include <rollcall/presence_json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <vector>

namespace rollcall::node {

namespace {

/// Of a presence, beside its key and meta.
constexpr std::size_t presence_bytes = 96;

std::size_t text_bytes_of(const entry& presence) {
  return presence_bytes + presence.key().size() + presence.meta().size();
}

} // namespace

/// As in a topic; versions of one presence in the order of their writes.
bool waiting_ranges::in_order::operator()(const entry_ptr& a,
                                          const entry_ptr& b) const noexcept {
  const auto place = [](const entry& one) {
    return std::tuple{one.key(), one.dot().replica, one.owner(), one.dot().seq};
  };
  return place(*a) < place(*b);
}

void waiting_ranges::take(const topic_range& told) {
  auto& one = ranges_[{told.first, told.last}];
  if (told.is_all) {
    drop(one);
    one.is_all = true;
  }
  add(told.leaves, one.leaves, one.joins);
  add(told.joins, one.joins, one.leaves);
  if (!one.is_all && one.joins.empty() && one.leaves.empty())
    ranges_.erase({told.first, told.last});
}

void waiting_ranges::forget(std::size_t first, std::size_t last) {
  const auto found = ranges_.find({first, last});
  if (found == ranges_.end())
    return;
  drop(found->second);
  ranges_.erase(found);
}

void waiting_ranges::drop(range& one) {
  for (auto* side : {&one.joins, &one.leaves}) {
    for (const auto& presence : *side)
      bytes_ -= text_bytes_of(*presence);
    side->clear();
  }
}

void waiting_ranges::add(const std::vector<entry_ptr>& told, presences& to,
                         presences& other) {
  for (const auto& presence : told)
    if (other.erase(presence) > 0)
      bytes_ -= text_bytes_of(*presence);
    else if (to.insert(presence).second)
      bytes_ += text_bytes_of(*presence);
}

std::string waiting_ranges::next() {
  auto found = ranges_.upper_bound(last_);
  if (found == ranges_.end())
    found = ranges_.begin();
  auto& [where, one] = *found;
  last_ = where;
  auto room = part_bytes;
  auto out = fmt::format(
      "{{\"first\":{},\"last\":{},\"all\":{},\"joins\":", where.first,
      where.second, std::exchange(one.is_all, false));
  out += take_first(one.joins, room);
  out += ",\"leaves\":";
  out += take_first(one.leaves, room);
  if (one.joins.empty() && one.leaves.empty())
    ranges_.erase(found);
  return out += '}';
}

/// Takes presences until the room is used up.
std::string waiting_ranges::take_first(presences& from, std::size_t& room) {
  std::vector<entry_ptr> taken;
  while (!from.empty() && room > 0) {
    taken.push_back(std::move(from.extract(from.begin()).value()));
    const auto size = text_bytes_of(*taken.back());
    bytes_ -= size;
    room -= std::min(room, size);
  }
  std::string out;
  append_keyed_json(out, taken);
  return out;
}

} // namespace rollcall::node
