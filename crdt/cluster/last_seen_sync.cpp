#include "crdt/cluster/last_seen_sync.hpp"

#include <utility>

namespace rollcall::crdt {

void last_seen_sync::send_all(tick_time now) {
  if (!started_)
    started_ = now;
  for (auto& [to, how] : walks_)
    send(to, how, now);
}

void last_seen_sync::send(connection_id to, walk& how, tick_time now) {
  last_seen::selection wanted;
  wanted.observed = !how.is_at_end || now < how.overlaps_until;
  wanted.learned = now - *started_ >= new_for;
  auto page = node_.last_seen_after(how.stands, wanted, now);
  how.is_at_end = how.is_at_end || page.is_last;
  how.stands = page.end;
  if (!page.keys.empty())
    effects_.send({to}, wire::last_seen{std::move(page.keys)});
}

} // namespace rollcall::crdt
