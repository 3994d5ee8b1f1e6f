#include "actors/owner_registry.hpp"

#include <utility>

namespace rollcall {

void owner_registry::add(const caf::strong_actor_ptr& owner) {
  const auto [position, is_new]
      = all_.try_emplace(owner->id(), owner->address());
  if (is_new)
    events_.push_back({position->second, owner});
}

void owner_registry::remove(std::uint64_t owner) {
  const auto found = all_.find(owner);
  if (found == all_.end())
    return;
  events_.push_back({std::move(found->second), {}});
  all_.erase(found);
}

std::vector<owner_event> owner_registry::take_events() {
  return std::exchange(events_, {});
}

std::vector<caf::actor_addr> owner_registry::start_anew() {
  events_.clear();
  std::vector<caf::actor_addr> result;
  result.reserve(all_.size());
  for (const auto& [id, address] : all_)
    result.push_back(address);
  return result;
}

caf::actor_addr owner_registry::find(std::uint64_t owner) const {
  const auto found = all_.find(owner);
  return found == all_.end() ? caf::actor_addr{} : found->second;
}

} // namespace rollcall
