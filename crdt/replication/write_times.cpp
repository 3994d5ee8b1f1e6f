#include "crdt/replication/write_times.hpp"

#include <algorithm>

namespace rollcall::crdt {

void write_times::note(std::uint64_t seq, tick_time now) {
  if (seq < last_seq_)
    samples_.clear(); // A new life of the replica.
  last_seq_ = seq;
  if (!samples_.empty() && now - samples_.back().when < step)
    return;
  if (samples_.size() == samples_max)
    thin_out();
  samples_.push_back({seq, now});
}

tick_time write_times::age_after(std::uint64_t known, tick_time now) const {
  if (known >= last_seq_ || samples_.empty())
    return tick_time{0};
  const auto found = std::upper_bound(
    samples_.begin(), samples_.end(), known,
    [](std::uint64_t seq, const sample& each) { return seq < each.seq; });
  // Writes behind the last sample came within a step of it.
  return now - (found == samples_.end() ? samples_.back() : *found).when;
}

void write_times::thin_out() {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < samples_.size(); i += 2)
    // The earlier time with the later seq: what is between seems older.
    samples_[kept++] = {samples_[std::min(i + 1, samples_.size() - 1)].seq,
                        samples_[i].when};
  samples_.resize(kept);
}

} // namespace rollcall::crdt
