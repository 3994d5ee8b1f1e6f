#include "crdt/replication/replicator.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::crdt {

namespace {

/// Doublings of the resend time: a minute is the longest.
constexpr unsigned resends_max = 6;

/// Replicas that a peer may tell of; more is ignored. A node of ours tells of
/// its own, the reader's, and those that one of the two misses.
constexpr std::size_t told_max = 2 * nodes_max + 2;

} // namespace

replicator::replicator(replica_tag self, replicator_config settings)
    : self_{self},
      settings_{settings} {
}

// -- connections --------------------------------------------------------------

void replicator::open(const std::string& peer) {
  auto& where = connections_[peer];
  where = {};
  stream_for(where, self_, true);
}

void replicator::close(const std::string& peer) {
  connections_.erase(peer);
}

replicator::outbound_stream& replicator::stream_for(connection& where,
                                                    replica_tag replica,
                                                    bool is_lasting) {
  const auto [position, is_new] = where.streams.try_emplace(replica);
  auto& result = position->second;
  if (is_new) {
    result.is_lasting = is_lasting;
    if (const auto told = where.told.find(replica); told != where.told.end())
      result.sent = result.acknowledged = told->second.known;
  }
  result.is_lasting |= is_lasting;
  return result;
}

void replicator::forget(replica_tag replica) {
  asked_.erase(replica);
  for (auto& [name, where] : connections_) {
    const auto found = where.streams.find(replica);
    if (found == where.streams.end())
      continue;
    restart(where, found->second, {}, {});
    where.streams.erase(found);
  }
}

// -- what peers say -----------------------------------------------------------

void replicator::heard(const std::string& peer, const shard_report& report,
                       tick_time now) {
  const auto found = connections_.find(peer);
  if (found == connections_.end())
    return;
  auto& where = found->second;
  where.is_known = true;
  const auto before = where.told;
  if (report.is_whole)
    where.told.clear();
  for (const auto& theirs : report.replicas)
    if (theirs.is_dropped)
      where.told.erase(theirs.replica);
    else if (where.told.size() < told_max
             || where.told.contains(theirs.replica))
      where.told.insert_or_assign(theirs.replica, theirs);
  for (auto& [replica, which] : where.streams) {
    const auto told = where.told.find(replica);
    if (told == where.told.end()) {
      restart(where, which, {}, now); // it would take none of it
    } else if (before.contains(replica)) {
      acknowledge(where, which, told->second.known, now);
    } else {
      restart(where, which, told->second.known, now);
      wake(now);
    }
  }
  drop_finished(where);
}

void replicator::acknowledge(connection& where, outbound_stream& which,
                             progress told, tick_time now) {
  const bool has_forgotten = told.seen < which.acknowledged.seen;
  const bool is_stuck = !which.flying.empty()
                        && told.seen == which.acknowledged.seen
                        && now - which.last_move
                               > settings_.resend_after * (1u << which.resends);
  if (is_stuck && !which.is_lasting) {
    // Who asked and lacks nothing any more tells nothing of it any more.
    restart(where, which, which.sent, now);
    which.target = which.sent.seen;
    return;
  }
  if (is_stuck)
    which.resends = std::min(which.resends + 1, resends_max);
  if (has_forgotten || is_stuck) {
    restart(where, which, told, now);
    wake(now);
    return;
  }
  if (told.seen > which.acknowledged.seen) {
    which.last_move = now;
    which.resends = 0;
  }
  which.acknowledged = told;
  if (told.seen > which.sent.seen)
    which.sent = told; // it came another way
  while (!which.flying.empty() && which.flying.front().to <= told.seen) {
    where.unacknowledged -= which.flying.front().bytes;
    which.flying.pop_front();
  }
  if (which.sent.seen < which.target)
    wake(now); // it had stopped at the window
}

/// Forgets what is flying and goes on from `from`.
void replicator::restart(connection& where, outbound_stream& which,
                         progress from, tick_time now) {
  for (const auto& lost : which.flying)
    where.unacknowledged -= lost.bytes;
  which.flying.clear();
  which.sent = which.acknowledged = from;
  which.last_move = now;
}

void replicator::requested(const std::string& peer, replica_tag replica,
                           progress known, tick_time now) {
  const auto found = connections_.find(peer);
  if (found == connections_.end() || !found->second.is_known)
    return;
  auto& where = found->second;
  where.told[replica] = {replica, known};
  restart(where, stream_for(where, replica, false), known, now);
  wake(now);
}

void replicator::relay(const std::string& peer,
                       const std::unordered_set<replica_tag>& replicas) {
  const auto found = connections_.find(peer);
  if (found == connections_.end())
    return;
  auto& where = found->second;
  for (auto& [replica, which] : where.streams)
    which.is_lasting = replica == self_ || replicas.contains(replica);
  for (const auto replica : replicas)
    if (!where.streams.contains(replica)) {
      stream_for(where, replica, true);
      next_flush_ = next_flush_.value_or(last_flush_.value_or(tick_time{}));
    }
  drop_finished(where);
}

/// A stream that was opened for one question ends when it was answered, when
/// nobody acknowledges the answer, or when the peer has forgotten whom it asked
/// for.
void replicator::drop_finished(connection& where) {
  std::erase_if(where.streams, [&](const auto& item) {
    const auto& [replica, which] = item;
    const bool is_answered = which.flying.empty() && which.target != 0
                             && which.sent.seen >= which.target;
    return !which.is_lasting && (is_answered || !where.told.contains(replica));
  });
}

bool replicator::may_ask(replica_tag replica, tick_time now) {
  const auto [position, is_new] = asked_.try_emplace(replica, now);
  if (!is_new && now - position->second < settings_.resend_after / 4)
    return false;
  position->second = now;
  return true;
}

// -- what goes out ------------------------------------------------------------

void replicator::wake(tick_time when) {
  if (!next_flush_ || when < *next_flush_)
    next_flush_ = when;
}

void replicator::wrote(replica_tag replica, tick_time now) {
  const bool is_sent
      = replica == self_
        || std::any_of(connections_.begin(), connections_.end(),
                       [&](const auto& item) {
                         return item.second.streams.contains(replica);
                       });
  if (!is_sent || connections_.empty())
    return;
  wake(last_flush_ ? std::max(now, *last_flush_ + settings_.broadcast_period)
                   : now);
}

std::vector<send_interval> replicator::due(const progress_function& mine,
                                           tick_time now) {
  if (next_flush_ && *next_flush_ <= now)
    open_flush(mine, now);
  std::vector<send_interval> out;
  for (const auto& [name, where] : connections_) {
    // One at a time, or several would pass the window together.
    const std::pair<const replica_tag, outbound_stream>* next = nullptr;
    for (const auto& item : where.streams)
      if (is_ready(where, item.first, item.second)
          && (next == nullptr || item.second.turn < next->second.turn))
        next = &item;
    if (next != nullptr)
      add(out, name, next->first, next->second);
  }
  return out;
}

/// From now on everything that is written up to now may go.
void replicator::open_flush(const progress_function& mine, tick_time now) {
  next_flush_.reset();
  last_flush_ = now;
  for (auto& [name, where] : connections_)
    for (auto& [replica, which] : where.streams)
      which.target = mine(replica).seen;
}

bool replicator::is_ready(const connection& where, replica_tag replica,
                          const outbound_stream& which) const {
  return where.told.contains(replica) && which.sent.seen < which.target
         && where.unacknowledged < settings_.window_bytes;
}

/// Peers that know the same get the same interval, which is made once.
void replicator::add(std::vector<send_interval>& out, const std::string& peer,
                     replica_tag replica, const outbound_stream& which) {
  for (auto& other : out)
    if (other.replica == replica && other.known == which.sent) {
      other.peers.push_back(peer);
      return;
    }
  out.push_back({{peer}, replica, which.sent});
}

void replicator::sent(const std::string& peer, replica_tag replica, progress to,
                      std::size_t bytes, tick_time now) {
  const auto found = connections_.find(peer);
  if (found == connections_.end())
    return;
  const auto position = found->second.streams.find(replica);
  if (position == found->second.streams.end())
    return;
  auto& which = position->second;
  if (which.flying.empty())
    which.last_move = now;
  which.sent = to;
  which.turn = ++turn_;
  which.flying.push_back({to.seen, bytes});
  found->second.unacknowledged += bytes;
}

// -- what is known ------------------------------------------------------------

const std::unordered_map<replica_tag, known_replica>&
replicator::told(const std::string& peer) const {
  static const std::unordered_map<replica_tag, known_replica> nothing;
  const auto found = connections_.find(peer);
  return found == connections_.end() ? nothing : found->second.told;
}

std::size_t replicator::unacknowledged(const std::string& peer) const {
  const auto found = connections_.find(peer);
  return found == connections_.end() ? 0 : found->second.unacknowledged;
}

progress replicator::acknowledged(const std::string& peer) const {
  const auto found = connections_.find(peer);
  if (found == connections_.end())
    return {};
  const auto own = found->second.streams.find(self_);
  return own == found->second.streams.end() ? progress{}
                                            : own->second.acknowledged;
}

} // namespace rollcall::crdt
