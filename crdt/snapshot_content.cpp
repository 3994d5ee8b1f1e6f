#include "crdt/snapshot_content.hpp"

#include <algorithm>

namespace rollcall {

namespace {

const crdt::snapshot_content& whole(const counts& content) noexcept {
  return static_cast<const crdt::snapshot_content&>(content);
}

} // namespace

snapshot::iterator snapshot::begin() const noexcept {
  return content_ ? iterator{whole(*content_)} : iterator{};
}

void snapshot::iterator::enter_next_run() noexcept {
  if (next_run_ == content_->leaves.size()) {
    at_ = run_end_ = nullptr;
    return;
  }
  const auto& run = *content_->leaves[next_run_++];
  at_ = run.slots();
  run_end_ = at_ + run.size();
}

std::vector<entry_ptr> snapshot::get(std::string_view key) const {
  std::vector<entry_ptr> result;
  if (!content_)
    return result;
  const auto& leaves = whole(*content_).leaves;
  auto in = std::partition_point(
      leaves.begin(), leaves.end(), [&](const crdt::leaf_ptr& candidate) {
        return candidate->at(candidate->size() - 1)->key() < key;
      });
  for (; in != leaves.end(); ++in)
    for (std::size_t slot = 0; slot < (*in)->size(); ++slot) {
      const auto* candidate = (*in)->at(slot);
      if (candidate->key() == key)
        result.emplace_back(candidate);
      else if (candidate->key() > key)
        return result;
    }
  return result;
}

} // namespace rollcall
