#include "crdt/snapshot.hpp"

#include <algorithm>

namespace rollcall::crdt {

std::vector<entry_ptr> snapshot::get(std::string_view key) const {
  std::vector<entry_ptr> result;
  if (!content_)
    return result;
  const auto& leaves = content_->leaves;
  auto in = std::partition_point(
      leaves.begin(), leaves.end(), [&](const leaf_ptr& candidate) {
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

} // namespace rollcall::crdt
