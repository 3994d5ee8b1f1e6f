#include "crdt/follow/last_seen.hpp"

#include <algorithm>

namespace rollcall::crdt {

void last_seen::ended(std::string_view key, tick_time now) {
  drop_old(now);
  write(key, now, {});
}

void last_seen::came(std::string_view key) {
  const auto found = notes_.find(key);
  if (found != notes_.end())
    drop(found);
}

void last_seen::learn(const seen_key& told, tick_time now) {
  drop_old(now);
  const auto when = now - told.age;
  if (told.age < settings_.keep && is_news(told.key, when))
    write(told.key, when, told.teller);
}

bool last_seen::is_news(std::string_view key, tick_time when) const {
  const auto found = notes_.find(key);
  if (found != notes_.end())
    return when > found->second.when + slack;
  return notes_.size() < settings_.keys_max
         || when > by_time_.begin()->first + slack;
}

void last_seen::write(std::string_view key, tick_time when,
                      replica_tag teller) {
  if (const auto found = notes_.find(key); found != notes_.end())
    drop(found);
  else if (notes_.size() >= settings_.keys_max)
    drop_earliest();
  const auto added = notes_.emplace(key, note{when, ++last_, teller}).first;
  in_order_.emplace_hint(in_order_.end(), last_, &*added);
  by_time_.emplace(when, added->first);
}

void last_seen::drop(map::iterator which) {
  in_order_.erase(which->second.at);
  by_time_.erase({which->second.when, which->first});
  notes_.erase(which);
}

void last_seen::drop_earliest() {
  drop(notes_.find(by_time_.begin()->second));
}

void last_seen::drop_old(tick_time now) {
  while (!by_time_.empty() && by_time_.begin()->first + settings_.keep <= now)
    drop_earliest();
}

std::optional<tick_time> last_seen::find(std::string_view key,
                                         tick_time now) const {
  const auto found = notes_.find(key);
  if (found == notes_.end() || found->second.when + settings_.keep <= now)
    return std::nullopt;
  return std::min(found->second.when, now);
}

last_seen::page last_seen::read_after(position where, const selection& wanted,
                                      tick_time now) const {
  page result{{}, where};
  std::size_t used = 0;
  auto next = in_order_.upper_bound(where);
  for (; next != in_order_.end() && used < wanted.bytes; ++next) {
    const auto& [key, noted] = *next->second;
    result.end = noted.at;
    used += bytes_beside_a_key; // What is skipped takes time, too.
    const bool is_learned = noted.teller != replica_tag{};
    if (!(is_learned ? noted.teller != wanted.reader : wanted.observed)
        || noted.when + settings_.keep <= now)
      continue;
    result.keys.push_back({key, std::max(tick_time{0}, now - noted.when)});
    used += key.size();
  }
  result.is_last = next == in_order_.end();
  return result;
}

} // namespace rollcall::crdt
