#include "crdt/cluster/last_seen_sync.hpp"

#include <utility>

namespace rollcall::crdt {

void last_seen_sync::send_all(tick_time now) {
  for (auto& [to, how] : walks_)
    send(to, how, now);
}

void last_seen_sync::send(connection_id to, walk& how, tick_time now) {
  const bool overlaps = now < how.overlaps_until;
  if (overlaps && lags(how.reader.name, now))
    how.overlaps_until = now + overlap;
  const auto echo = members_.echo_to(how.reader.name, now);
  if (!echo)
    return;
  last_seen::selection wanted;
  wanted.observed = !how.is_at_end || overlaps;
  wanted.reader = tag_of({how.reader.name, how.reader.incarnation, 0, 0});
  auto page = node_.last_seen_after(how.stands, wanted, now);
  how.is_at_end = how.is_at_end || page.is_last;
  how.stands = page.end;
  if (!page.keys.empty())
    effects_.send({to}, wire::last_seen{std::move(page.keys), *echo});
}

void last_seen_sync::take(wire::last_seen& told, tick_time now) {
  const auto delay = members_.time_under_way(told.echo, now);
  if (delay > delay_max)
    for (auto& one : told.keys)
      one.age += delay;
  effects_.add(deliver_last_seen{std::move(told.keys)});
}

bool last_seen_sync::lags(const std::string& peer, tick_time now) const {
  for (std::size_t shard = 0; shard < node_.count(); ++shard)
    if (node_.lag(shard, peer, now).oldest > lag_max)
      return true;
  return false;
}

} // namespace rollcall::crdt
