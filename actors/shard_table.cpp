#include "actors/shard_table.hpp"

#include "actors/request_check.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <exception>
#include <stdexcept>

namespace rollcall {

namespace {

/// A topic has no zero byte before its end, so this is one name a pair.
std::string linger_name(std::string_view topic, std::string_view key) {
  std::string result{topic};
  result += '\0';
  result += key;
  return result;
}

} // namespace

shard_table::shard_table(const crdt::replica_id& self, const config& settings,
                         bool watches_all, diff_queue& queue)
    : presences_per_topic_max_{settings.presences_per_topic_max},
      subscribers_per_topic_max_{settings.subscribers_per_topic_max},
      meta_bytes_max_{settings.meta_bytes_max},
      watches_all_{watches_all},
      queue_{queue},
      set_{self, limits::write_log_deaths_max} {
}

// -- bookkeeping --------------------------------------------------------------

bool shard_table::is_watched(const crdt::change& change) const noexcept {
  return watches_all_ || set_.is_pinned(*change.topic);
}

void shard_table::note(outcome& result, crdt::change change) {
  result.wrote = true;
  if (is_watched(change))
    result.wakes |= queue_.push(std::move(change));
}

void shard_table::drop_owner_if_idle(std::uint64_t owner) {
  if (!set_.has_owner(owner))
    owners_.remove(owner);
}

std::vector<caf::actor_addr> shard_table::start_anew() {
  const std::lock_guard guard{mutex_};
  return owners_.start_anew();
}

std::vector<owner_event> shard_table::take_owner_events() {
  const std::lock_guard guard{mutex_};
  return owners_.take_events();
}

// -- writes -------------------------------------------------------------------

caf::expected<shard_table::outcome> shard_table::track(track_request& request) {
  const std::lock_guard guard{mutex_};
  auto change = join(request);
  if (!change) {
    ++counters_.refusals;
    return std::move(change.error());
  }
  ++counters_.tracks;
  outcome result;
  result.answer = {change->after->dot(), change->after->previous_seq()};
  owners_.add(request.owner);
  result.has_owner_events = owners_.has_events();
  note(result, std::move(*change));
  return result;
}

caf::expected<crdt::change> shard_table::join(track_request& request) {
  if (request.problem)
    return request.problem;
  if (!request.draft) // a bug of ours: let it crash, the supervisor mends it
    throw std::invalid_argument{"a track request without a presence"};
  if (const auto* before = lingering_under(request.topic, request.draft->key()))
    return set_.replace(*before, std::move(request.draft));
  const auto* topic = set_.topic(request.topic);
  if (topic != nullptr && topic->size() >= presences_per_topic_max_)
    return make_error(ec::too_many_presences,
                      fmt::format("the topic has {} presences, the most that "
                                  "presences_per_topic_max allows",
                                  topic->size()));
  const std::string key{request.draft->key()};
  auto change = set_.join(request.topic, std::move(request.draft));
  if (!change)
    return make_error(ec::already_tracked,
                      fmt::format("the owner already has key '{}' in topic "
                                  "'{}'; update it or untrack it first",
                                  key, request.topic));
  return std::move(*change);
}

/// A presence that outlives its owner and has this key; it lingers no more.
const entry* shard_table::lingering_under(std::string_view topic,
                                          std::string_view key) {
  if (lingering_.empty())
    return nullptr;
  const auto found = lingering_.find(linger_name(topic, key));
  if (found == lingering_.end())
    return nullptr;
  const auto seq = found->second;
  lingering_.erase(found);
  return set_.find_own(seq);
}

void shard_table::let_linger(const entry& presence, time_point now) {
  const auto seq = presence.dot().seq;
  linger_ends_.emplace(now + std::chrono::milliseconds{presence.linger_ms()},
                       seq);
  lingering_.emplace(linger_name(set_.topic_of(presence), presence.key()), seq);
  set_.disown(presence);
}

caf::expected<shard_table::outcome>
shard_table::update(update_request& request) {
  const std::lock_guard guard{mutex_};
  const auto refuse = [this](caf::error problem) {
    ++counters_.refusals;
    return problem;
  };
  if (request.problem)
    return refuse(request.problem);
  const auto* current
      = set_.find(request.topic, request.key, request.owner->id());
  if (current == nullptr)
    return refuse(make_error(
        ec::not_tracked, fmt::format("the owner has no key '{}' in topic '{}'",
                                     request.key, request.topic)));
  if (auto problem = fill_draft(request, *current))
    return refuse(std::move(problem));
  ++counters_.updates;
  request.draft->inherit_linger(*current);
  auto change = set_.replace(*current, std::move(request.draft));
  outcome result;
  result.answer = {change.after->dot(), change.after->previous_seq()};
  note(result, std::move(change));
  return result;
}

/// Makes the new version by the caller's function, if that is what came.
caf::error shard_table::fill_draft(update_request& request,
                                   const entry& current) const {
  if (!request.change)
    return {};
  try {
    const auto meta = request.change(current);
    if (auto problem = check_meta(meta, meta_bytes_max_))
      return problem;
    request.draft = crdt::entry::make(current.key(), meta, current.owner());
    return {};
  } catch (const std::exception& problem) {
    return make_error(
        ec::invalid_meta,
        fmt::format("the update function threw: {}", problem.what()));
  } catch (...) {
    return make_error(ec::invalid_meta, "the update function threw");
  }
}

shard_table::outcome shard_table::untrack(const untrack_request& request) {
  const std::lock_guard guard{mutex_};
  outcome result;
  const auto owner = request.owner->id();
  if (auto change = set_.leave(request.topic, request.key, owner)) {
    ++counters_.untracks;
    note(result, std::move(*change));
    drop_owner_if_idle(owner);
    result.has_owner_events = owners_.has_events();
  }
  return result;
}

shard_table::outcome shard_table::untrack_owner(std::uint64_t owner) {
  const std::lock_guard guard{mutex_};
  outcome result;
  leave_all(result, owner);
  drop_owner_if_idle(owner);
  result.has_owner_events = owners_.has_events();
  return result;
}

void shard_table::leave_all(outcome& result, std::uint64_t owner) {
  crdt::changes all;
  set_.leave_owner(owner, all);
  counters_.untracks += all.size();
  for (auto& change : all)
    note(result, std::move(change));
}

shard_table::outcome shard_table::owner_ended(const caf::actor_addr& owner,
                                              bool lingers, time_point now) {
  const std::lock_guard guard{mutex_};
  outcome result;
  if (lingers)
    for (const auto* presence : set_.owned_by(owner.id()))
      if (presence->linger_ms() != 0)
        let_linger(*presence, now);
  leave_all(result, owner.id());
  owners_.forget(owner.id());
  return result;
}

shard_table::outcome shard_table::end_lingering(time_point now) {
  const std::lock_guard guard{mutex_};
  outcome result;
  while (!linger_ends_.empty() && linger_ends_.begin()->first <= now) {
    const auto seq = linger_ends_.begin()->second;
    linger_ends_.erase(linger_ends_.begin());
    const auto* presence = set_.find_own(seq);
    if (presence == nullptr)
      continue; // somebody took its place
    const auto [first, last] = lingering_.equal_range(
        linger_name(set_.topic_of(*presence), presence->key()));
    const auto found = std::find_if(
        first, last, [&](const auto& item) { return item.second == seq; });
    if (found != last)
      lingering_.erase(found);
    ++counters_.untracks;
    note(result, set_.leave(*presence));
  }
  return result;
}

std::optional<shard_table::time_point> shard_table::next_linger_end() const {
  const std::lock_guard guard{mutex_};
  if (linger_ends_.empty())
    return std::nullopt;
  return linger_ends_.begin()->first;
}

caf::expected<bool> shard_table::watch(std::string topic,
                                       caf::strong_actor_ptr subscriber,
                                       bool wants_passed) {
  const std::lock_guard guard{mutex_};
  const auto found = watched_.find(topic);
  if (found != watched_.end() && found->second >= subscribers_per_topic_max_) {
    ++counters_.refusals;
    return make_error(ec::too_many_subscribers,
                      fmt::format("the topic has {} subscribers, the most that "
                                  "subscribers_per_topic_max allows",
                                  found->second));
  }
  if (found == watched_.end())
    set_.pin(topic);
  ++watched_[topic];
  auto held = set_.list(topic);
  return queue_.push(subscriber_joined{std::move(topic), std::move(subscriber),
                                       std::move(held), wants_passed});
}

void shard_table::unwatch(const std::string& topic) {
  const std::lock_guard guard{mutex_};
  const auto found = watched_.find(topic);
  if (found == watched_.end() || --found->second != 0)
    return;
  watched_.erase(found);
  set_.unpin(topic);
}

} // namespace rollcall
