#include "crdt/lingering.hpp"

namespace rollcall::crdt {

namespace {

std::string name_of(std::string_view topic, std::string_view key) {
  std::string result{topic};
  result += '\0';
  result += key;
  return result;
}

} // namespace

void lingering::add(std::string_view topic, std::string_view key,
                    std::uint64_t seq, time end) {
  add(seq, {name_of(topic, key), end});
}

void lingering::add(std::uint64_t seq, waiting record) {
  by_name_[record.name].emplace(record.end, seq);
  ends_.emplace(record.end, seq);
  by_seq_.emplace(seq, std::move(record));
}

void lingering::remove(seqs::iterator which) {
  const auto& [seq, record] = *which;
  ends_.erase({record.end, seq});
  const auto same_name = by_name_.find(record.name);
  same_name->second.erase({record.end, seq});
  if (same_name->second.empty())
    by_name_.erase(same_name);
  by_seq_.erase(which);
}

std::optional<std::uint64_t> lingering::take(std::string_view topic,
                                             std::string_view key) {
  if (by_seq_.empty())
    return std::nullopt;
  const auto found = by_name_.find(name_of(topic, key));
  if (found == by_name_.end())
    return std::nullopt;
  const auto seq = found->second.begin()->second;
  remove(by_seq_.find(seq));
  return seq;
}

bool lingering::forget(std::uint64_t seq) {
  if (by_seq_.empty())
    return false;
  const auto found = by_seq_.find(seq);
  if (found == by_seq_.end())
    return false;
  remove(found);
  return true;
}

std::vector<std::uint64_t> lingering::expire(time now) {
  std::vector<std::uint64_t> result;
  while (!ends_.empty() && ends_.begin()->first <= now) {
    result.push_back(ends_.begin()->second);
    remove(by_seq_.find(result.back()));
  }
  return result;
}

std::optional<lingering::time> lingering::next_end() const {
  if (ends_.empty())
    return std::nullopt;
  return ends_.begin()->first;
}

void lingering::renumber(std::span<const change> rewritten) {
  // The new seqs may be old seqs of others, so all are taken out first.
  std::vector<std::pair<std::uint64_t, waiting>> moved;
  for (const auto& each : rewritten) {
    const auto found = each.before && each.after
                           ? by_seq_.find(each.before->dot().seq)
                           : by_seq_.end();
    if (found == by_seq_.end())
      continue;
    moved.emplace_back(each.after->dot().seq, found->second);
    remove(found);
  }
  for (auto& [seq, record] : moved)
    add(seq, std::move(record));
}

} // namespace rollcall::crdt
