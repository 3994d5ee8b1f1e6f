#include "crdt/follow/last_seen.hpp"

namespace rollcall::crdt {

void last_seen::ended(std::string_view key, tick_time now) {
  drop_old(now);
  write(key, now, false);
}

void last_seen::came(std::string_view key) {
  const auto found = notes_.find(key);
  if (found == notes_.end())
    return;
  in_order_.erase(found->second.at);
  notes_.erase(found);
}

void last_seen::learn(std::string_view key, tick_time age, tick_time now) {
  drop_old(now);
  if (age >= settings_.keep)
    return;
  const auto found = notes_.find(key);
  if (found == notes_.end() || found->second.when + slack < now - age)
    write(key, now - age, true);
}

void last_seen::write(std::string_view key, tick_time when, bool is_learned) {
  const note fresh{when, ++last_, is_learned};
  auto found = notes_.find(key);
  if (found == notes_.end()) {
    found = notes_.emplace(key, fresh).first;
  } else {
    in_order_.erase(found->second.at);
    found->second = fresh;
  }
  in_order_.emplace_hint(in_order_.end(), last_, &*found);
  if (notes_.size() > settings_.keys_max)
    drop_first();
}

void last_seen::drop_first() {
  const auto* const first = in_order_.begin()->second;
  in_order_.erase(in_order_.begin());
  notes_.erase(notes_.find(first->first));
}

void last_seen::drop_old(tick_time now) {
  while (!in_order_.empty()
         && in_order_.begin()->second->second.when + settings_.keep <= now)
    drop_first();
}

std::optional<tick_time> last_seen::find(std::string_view key,
                                         tick_time now) const {
  const auto found = notes_.find(key);
  if (found == notes_.end() || found->second.when + settings_.keep <= now)
    return std::nullopt;
  return found->second.when;
}

last_seen::page last_seen::read_after(position where, const selection& wanted,
                                      tick_time now) const {
  constexpr std::size_t bytes_beside_a_key = 8;
  page result{{}, where};
  std::size_t used = 0;
  auto next = in_order_.upper_bound(where);
  for (; next != in_order_.end() && used < wanted.bytes; ++next) {
    const auto& [key, noted] = *next->second;
    result.end = noted.at;
    used += bytes_beside_a_key; // What is skipped takes time, too.
    if (!(noted.is_learned ? wanted.learned : wanted.observed)
        || noted.when + settings_.keep <= now)
      continue;
    result.keys.push_back({key, now - noted.when});
    used += key.size();
  }
  result.is_last = next == in_order_.end();
  return result;
}

} // namespace rollcall::crdt
