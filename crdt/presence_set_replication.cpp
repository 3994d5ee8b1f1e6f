#include "crdt/presence_set.hpp"

#include <algorithm>
#include <cassert>

namespace rollcall::crdt {

namespace {

/// What a presence costs in an interval besides its key, meta and topic.
constexpr std::size_t member_overhead_bytes = 16;

/// Appends a dot to ascending runs.
void append_to_runs(std::vector<seq_run>& runs, std::uint64_t seq) {
  if (!runs.empty() && runs.back().last + 1 == seq)
    runs.back().last = seq;
  else
    runs.push_back({seq, seq});
}

/// Walks ascending dots and tells which are in ascending runs.
class run_reader {
public:
  explicit run_reader(const std::vector<seq_run>& runs) noexcept
      : next_{runs.begin()},
        end_{runs.end()} {
  }

  /// @pre `seq` grows from call to call.
  bool contains(std::uint64_t seq) noexcept {
    while (next_ != end_ && next_->last < seq)
      ++next_;
    return next_ != end_ && next_->first <= seq;
  }

private:
  std::vector<seq_run>::const_iterator next_;
  std::vector<seq_run>::const_iterator end_;
};

bool are_runs_below(const std::vector<seq_run>& runs,
                    std::uint64_t limit) noexcept {
  std::uint64_t last = 0;
  for (const auto& run : runs) {
    if (run.first <= last || run.last < run.first || run.last > limit)
      return false;
    last = run.last;
  }
  return true;
}

} // namespace

bool is_well_formed(const interval& interval) noexcept {
  if (interval.from > interval.to || interval.to > interval.as_of)
    return false;
  auto last = interval.from;
  for (const auto& member : interval.live) {
    if (!member.presence || member.topic.empty())
      return false;
    const auto seq = member.presence->dot().seq;
    if (seq <= last || seq > interval.to)
      return false;
    last = seq;
  }
  const auto is_below
      = [&](const removed_dot& dot) { return dot.seq <= interval.from; };
  return std::all_of(interval.removed.begin(), interval.removed.end(), is_below)
         && are_runs_below(interval.survivors, interval.from);
}

// -- who is known -------------------------------------------------------------

void presence_set::know(const replica_id& replica, bool is_visible) {
  const auto tag = tag_of(replica);
  if (replicas_.contains(tag))
    return;
  auto state = std::make_unique<replica_state>();
  state->id = replica;
  state->tag = tag;
  state->is_visible = is_visible;
  replicas_.emplace(tag, std::move(state));
}

bool presence_set::knows(replica_tag replica) const noexcept {
  return replicas_.contains(replica);
}

bool presence_set::is_visible(replica_tag replica) const noexcept {
  const auto* state = state_of(replica);
  return state != nullptr && state->is_visible;
}

progress presence_set::progress_of(replica_tag replica) const noexcept {
  const auto* state = state_of(replica);
  return state == nullptr ? progress{} : state->known;
}

std::vector<replica_id> presence_set::replicas() const {
  std::vector<replica_id> result;
  result.reserve(replicas_.size());
  for (const auto& [tag, state] : replicas_)
    result.push_back(state->id);
  return result;
}

void presence_set::set_visible(replica_tag replica, bool is_visible,
                               changes& out) {
  auto* state = state_of(replica);
  if (state == nullptr || state == own_ || state->is_visible == is_visible)
    return;
  state->is_visible = is_visible;
  const auto all = state->known.seen;
  state->live.for_each(0, all, [&](std::uint64_t, stored_entry& held) {
    auto& node = *held.topic_;
    if (is_visible) {
      show(held, node);
      out.push_back({topic_ptr{&node}, {}, entry_ptr{&held}});
    } else {
      out.push_back(
          {topic_ptr{&node}, entry_ptr{&held}, {}, leave_reason::node_down});
      hide(held, node);
    }
    return true;
  });
}

void presence_set::forget(replica_tag replica, changes& out) {
  auto* state = state_of(replica);
  if (state == nullptr || state == own_)
    return;
  set_visible(replica, false, out);
  std::vector<std::uint64_t> dots;
  dots.reserve(state->live.size());
  state->live.for_each(0, state->known.seen,
                       [&](std::uint64_t seq, stored_entry&) {
                         dots.push_back(seq);
                         return true;
                       });
  for (const auto dot : dots) {
    const auto gone = drop(*state, dot);
    drop_if_unused(*stored_entry::of(*gone).topic_);
  }
  replicas_.erase(replica);
}

// -- making -------------------------------------------------------------------

std::optional<interval>
presence_set::make_interval(replica_tag replica, progress known,
                            std::size_t bytes_max) const {
  const auto* state = state_of(replica);
  if (state == nullptr || known.seen >= state->known.seen)
    return std::nullopt;
  interval result;
  result.replica = replica;
  result.from = known.seen;
  result.as_of = state->known.as_of;
  result.since = known.as_of;
  fill_live(result, *state, bytes_max);
  if (result.from == 0 || known.as_of >= result.as_of)
    return result; // nothing older, or nothing died since
  if (state == own_ && log_.reaches(known.as_of)) {
    result.removed = log_.died(known.as_of, known.seen);
  } else {
    result.has_survivors = true;
    state->live.for_each(0, result.from, [&](std::uint64_t seq, stored_entry&) {
      append_to_runs(result.survivors, seq);
      return true;
    });
  }
  return result;
}

void presence_set::fill_live(interval& out, const replica_state& where,
                             std::size_t bytes_max) const {
  std::size_t bytes = 0;
  out.to = where.known.seen;
  where.live.for_each(out.from, where.known.seen,
                      [&](std::uint64_t seq, stored_entry& held) {
                        if (!out.live.empty() && bytes >= bytes_max) {
                          out.to = seq - 1; // the rest is for another interval
                          return false;
                        }
                        if (out.kept_topics.empty()
                            || out.kept_topics.back().get() != held.topic_)
                          out.kept_topics.emplace_back(held.topic_);
                        const std::string_view topic = held.topic_->name();
                        bytes += member_overhead_bytes + topic.size()
                                 + held.key().size() + held.meta().size();
                        out.live.push_back({topic, entry_ptr{&held}});
                        return true;
                      });
}

// -- applying -----------------------------------------------------------------

apply_result presence_set::apply(const interval& interval, changes& out) {
  auto* state = state_of(interval.replica);
  if (state == nullptr || state == own_)
    return apply_result::stranger;
  if (!is_well_formed(interval))
    return apply_result::malformed;
  if (state->known.seen >= interval.to)
    return apply_result::old_news;
  if (state->known.seen < interval.from
      || (!interval.has_survivors && interval.from != 0
          && state->known.as_of < interval.since))
    return apply_result::hole;
  apply_deaths(*state, interval, out);
  apply_joins(*state, interval, out);
  state->known = {interval.to, interval.as_of};
  return apply_result::applied;
}

/// Ends a presence of another replica, if it is held.
void presence_set::bury(replica_state& where, removed_dot dead, changes& out) {
  auto gone = drop(where, dead.seq);
  if (!gone)
    return;
  auto& node = *stored_entry::of(*gone).topic_;
  const topic_ptr keep{&node};
  drop_if_unused(node);
  if (where.is_visible)
    out.push_back({keep, std::move(gone), {}, dead.why});
}

/// What the interval says of dots that are held: those <= from by name or by
/// survivors, those in (from, seen] by their absence from `live`. Versions
/// that a newer one in `live` replaces stay for `apply_joins`.
void presence_set::apply_deaths(replica_state& where, const interval& interval,
                                changes& out) {
  std::vector<removed_dot> dead;
  if (interval.has_survivors) {
    run_reader survivors{interval.survivors};
    where.live.for_each(0, interval.from,
                        [&](std::uint64_t seq, stored_entry&) {
                          if (!survivors.contains(seq))
                            dead.emplace_back(seq);
                          return true;
                        });
  } else {
    dead = interval.removed;
  }
  auto alive = interval.live.begin();
  where.live.for_each(
      interval.from, where.known.seen, [&](std::uint64_t seq, stored_entry&) {
        while (alive != interval.live.end() && alive->presence->dot().seq < seq)
          ++alive;
        if (alive == interval.live.end() || alive->presence->dot().seq != seq)
          dead.emplace_back(seq);
        return true;
      });
  std::vector<std::uint64_t> replaced;
  for (const auto& member : interval.live)
    if (member.presence->dot().seq > where.known.seen
        && member.presence->previous_seq() != 0)
      replaced.push_back(member.presence->previous_seq());
  std::sort(replaced.begin(), replaced.end());
  for (const auto& one : dead)
    if (!std::binary_search(replaced.begin(), replaced.end(), one.seq))
      bury(where, one, out);
}

void presence_set::apply_joins(replica_state& where, const interval& interval,
                               changes& out) {
  for (const auto& member : interval.live) {
    const auto& source = stored_entry::of(*member.presence);
    if (source.dot().seq <= where.known.seen)
      continue;
    // An entry links into one set only: one that is in a set is copied.
    draft_ptr fresh{const_cast<stored_entry*>(&source)};
    if (source.topic_ != nullptr)
      fresh = stored_entry::make(source.key(), source.meta(), source.owner(), 0,
                                 source.began());
    fresh->set_version({where.tag, source.dot().seq}, source.previous_seq());
    const auto* before = source.previous_seq() == 0
                             ? nullptr
                             : where.live.find(source.previous_seq());
    if (before != nullptr && before->key() == fresh->key()
        && before->topic_->name() == member.topic) {
      auto swapped = swap(where, source.previous_seq(), *before->topic_,
                          std::move(fresh));
      if (where.is_visible)
        out.push_back(std::move(swapped));
      continue;
    }
    if (before != nullptr)
      bury(where, source.previous_seq(), out);
    auto& node = node_for(member.topic);
    if (where.is_visible) {
      show(*fresh, node);
      out.push_back({topic_ptr{&node}, {}, fresh});
    }
    hold(where, node, std::move(fresh));
  }
}

} // namespace rollcall::crdt
