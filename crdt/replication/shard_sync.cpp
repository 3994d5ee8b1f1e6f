#include "crdt/replication/shard_sync.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::crdt {

shard_sync::shard_sync(presence_set& set, replicator_config settings)
    : set_{set},
      settings_{settings},
      out_{set.self_tag(), settings} {
}

replica_id shard_sync::replica_of(const node_incarnation& who) const {
  return {who.name, who.incarnation, set_.self().shard, 0};
}

// -- membership ---------------------------------------------------------------

void shard_sync::node_up(const node_incarnation& who, sync_effects& out) {
  const auto replica = replica_of(who);
  const auto tag = tag_of(replica);
  set_.know(replica, false);
  owners_[tag] = who.name;
  if (!set_.is_visible(tag))
    awaited_.insert_or_assign(tag, awaited{who.name, std::nullopt});
  out.reports_due.insert(who.name); // it sends nothing before it knows
}

void shard_sync::node_down(const node_incarnation& who, sync_effects& out) {
  const auto tag = tag_of(replica_of(who));
  awaited_.erase(tag);
  set_.set_visible(tag, false, out.diffs);
}

void shard_sync::node_gone(const node_incarnation& who, sync_effects& out) {
  const auto tag = tag_of(replica_of(who));
  awaited_.erase(tag);
  owners_.erase(tag);
  set_.forget(tag, out.diffs);
  out_.forget(tag);
}

void shard_sync::reincarnate(std::uint64_t incarnation, sync_effects& out) {
  auto self = set_.self();
  self.incarnation = incarnation;
  set_.reincarnate(self, out.diffs);
  out_ = replicator{set_.self_tag(), settings_};
}

void shard_sync::set_direct(std::unordered_set<std::string> names) {
  direct_ = std::move(names);
}

// -- connections --------------------------------------------------------------

void shard_sync::connected(const std::string& peer) {
  out_.open(peer);
}

void shard_sync::disconnected(const std::string& peer) {
  out_.close(peer);
  unreported_.erase(peer);
}

void shard_sync::relay(const std::string& peer,
                       const std::vector<node_incarnation>& origins) {
  std::unordered_set<replica_tag> replicas;
  for (const auto& origin : origins)
    replicas.insert(tag_of(replica_of(origin)));
  out_.relay(peer, replicas);
}

// -- messages -----------------------------------------------------------------

std::vector<known_replica>
shard_sync::known_to(const node_incarnation& peer,
                     const std::vector<node_incarnation>& doubtful) const {
  std::vector<known_replica> result;
  result.push_back({set_.self_tag(), set_.progress_of(set_.self_tag())});
  add_known(peer, result);
  for (const auto& other : doubtful)
    add_known(other, result);
  return result;
}

void shard_sync::add_known(const node_incarnation& who,
                           std::vector<known_replica>& to) const {
  const auto tag = tag_of(replica_of(who));
  if (set_.knows(tag))
    to.push_back({tag, set_.progress_of(tag), awaited_.contains(tag)});
}

void shard_sync::heard(const std::string& peer, const shard_report& report,
                       tick_time now, sync_effects& out) {
  out_.heard(peer, report, now);
  for (const auto& [replica, theirs] : out_.told(peer)) {
    const auto owner = owners_.find(theirs.replica);
    if (owner == owners_.end())
      continue;
    // The owner knows best; others are asked where it cannot be heard.
    const bool is_owner = owner->second == peer;
    if (!is_owner && direct_.contains(owner->second))
      continue;
    // Who waits itself cannot say how much there is.
    if (const auto found = awaited_.find(theirs.replica);
        found != awaited_.end() && !theirs.is_awaited) {
      auto& target = found->second.target;
      target = std::max(target.value_or(0), theirs.known.seen);
      consider_showing(theirs.replica, out);
    }
    if (!is_owner)
      consider_asking(peer, theirs, now, out);
  }
}

bool shard_sync::is_settled(const std::string& peer) const {
  if (!awaited_.empty() || out_.unacknowledged(peer) != 0)
    return false;
  const auto& all = out_.told(peer);
  return std::none_of(all.begin(), all.end(), [&](const auto& item) {
    const auto& theirs = item.second;
    const auto owner = owners_.find(theirs.replica);
    return owner != owners_.end() && owner->second != peer
           && !direct_.contains(owner->second)
           && theirs.known.seen > set_.progress_of(theirs.replica).seen;
  });
}

void shard_sync::consider_showing(replica_tag replica, sync_effects& out) {
  const auto found = awaited_.find(replica);
  if (found == awaited_.end() || !found->second.target
      || set_.progress_of(replica).seen < *found->second.target)
    return;
  out.reports_due.insert(found->second.node); // this node may be ready now
  awaited_.erase(found);
  set_.set_visible(replica, true, out.diffs);
}

void shard_sync::consider_asking(const std::string& peer,
                                 const known_replica& theirs, tick_time now,
                                 sync_effects& out) {
  const auto mine = set_.progress_of(theirs.replica);
  if (theirs.known.seen > mine.seen && out_.may_ask(theirs.replica, now))
    out.requests.push_back({peer, theirs.replica, mine});
}

apply_result shard_sync::received(const std::string& peer,
                                  const interval& interval, std::size_t bytes,
                                  tick_time now, sync_effects& out) {
  count_unreported(peer, bytes, out);
  const auto result = set_.apply(interval, out.diffs);
  if (result == apply_result::applied) {
    consider_showing(interval.replica, out);
    out_.wrote(interval.replica, now);
  } else if (result == apply_result::hole
             && out_.may_ask(interval.replica, now)) {
    out.requests.push_back(
        {peer, interval.replica, set_.progress_of(interval.replica)});
  }
  return result;
}

/// A peer is told soon what came as often as that is half a window.
void shard_sync::count_unreported(const std::string& peer, std::size_t bytes,
                                  sync_effects& out) {
  auto& sum = unreported_[peer];
  sum += bytes;
  if (sum < settings_.window_bytes / 2)
    return;
  sum = 0;
  out.reports_due.insert(peer);
}

void shard_sync::requested(const std::string& peer, replica_tag replica,
                           progress known, tick_time now) {
  if (set_.knows(replica))
    out_.requested(peer, replica, known, now);
}

void shard_sync::wrote(tick_time now) {
  out_.wrote(set_.self_tag(), now);
}

// -- sending ------------------------------------------------------------------

std::vector<send_interval> shard_sync::due(tick_time now) {
  return out_.due(
      [this](replica_tag replica) { return set_.progress_of(replica); }, now);
}

void shard_sync::sent(const std::string& peer, replica_tag replica, progress to,
                      std::size_t bytes, tick_time now) {
  out_.sent(peer, replica, to, bytes, now);
}

std::optional<tick_time> shard_sync::next_flush() const noexcept {
  return out_.next_flush();
}

} // namespace rollcall::crdt
