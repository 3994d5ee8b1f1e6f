#include "actors/cluster/accept_budget.hpp"

#include <algorithm>

namespace rollcall {

namespace {

constexpr std::chrono::seconds window{1};

} // namespace

accept_budget::accept_budget(std::uint32_t per_second)
    : cost_{std::chrono::nanoseconds{window} / per_second} {
  // nop
}

bool accept_budget::take(const std::string& address, clock::time_point now) {
  if (used_until_.size() >= sources_max)
    std::erase_if(used_until_,
                  [&](const auto& entry) { return entry.second <= now; });
  const bool is_crowded
      = used_until_.size() >= sources_max && !used_until_.contains(address);
  auto& used_until = used_until_[is_crowded ? std::string{} : address];
  // What was not used within a window is lost.
  used_until = std::max(used_until, now);
  if (used_until + cost_ > now + window)
    return false;
  used_until += cost_;
  return true;
}

} // namespace rollcall
