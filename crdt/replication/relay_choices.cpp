#include "crdt/replication/relay_choices.hpp"

#include <utility>

namespace rollcall::crdt {

bool relay_choices::take(const answer& told, tick_time now,
                         tick_time patience) {
  const bool serves = told.is_direct || told.is_newer;
  const auto found = choices_.find(told.origin);
  if (found == choices_.end()) {
    if (serves)
      choices_[told.origin] = {told.via, told.is_direct, now};
    return serves;
  }
  auto& present = found->second;
  if (present.via == told.via) {
    present.is_direct = told.is_direct;
    if (serves)
      present.last_served = now;
    return false;
  }
  const bool is_better = told.is_direct && !present.is_direct;
  const bool is_over = serves && now - present.last_served > patience;
  if (!is_better && !is_over)
    return false;
  present = {told.via, told.is_direct, now};
  return true;
}

void relay_choices::retain(const node_names& missing) {
  std::erase_if(choices_, [&](const auto& item) {
    return !missing.contains(item.first);
  });
}

void relay_choices::lose(const std::string& via) {
  std::erase_if(choices_,
                [&](const auto& item) { return item.second.via == via; });
}

node_names relay_choices::chosen(const std::string& via) const {
  node_names result;
  for (const auto& [origin, which] : choices_)
    if (which.via == via)
      result.insert(origin);
  return result;
}

} // namespace rollcall::crdt
