#include "crdt/replication/write_times.hpp"

#include <algorithm>

namespace rollcall::crdt {

void write_times::note(std::uint64_t seq, tick_time now) {
  if (!fine_.empty() && seq < fine_.back().seq) { // a new incarnation
    fine_.clear();
    coarse_.clear();
  }
  add(fine_, fine_step, {seq, now});
  add(coarse_, coarse_step, {seq, now});
}

void write_times::add(samples& to, tick_time step, sample fresh) {
  if (!to.empty() && fresh.when - to.back().when < step) {
    to.back().seq = fresh.seq;
    return;
  }
  if (to.size() == samples_max)
    to.erase(to.begin());
  to.push_back(fresh);
}

tick_time write_times::age_after(std::uint64_t known, tick_time now) const {
  if (fine_.empty() || known >= fine_.back().seq)
    return tick_time{0};
  // Before the second fine sample the write may be older than all of them.
  const bool is_recent
      = known >= fine_.front().seq || fine_.size() < samples_max;
  const auto& from = is_recent ? fine_ : coarse_;
  const auto found = std::upper_bound(
      from.begin(), from.end(), known,
      [](std::uint64_t seq, const sample& each) { return seq < each.seq; });
  return now - found->when;
}

} // namespace rollcall::crdt
