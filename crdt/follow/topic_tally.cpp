#include "crdt/follow/topic_tally.hpp"

#include <algorithm>

namespace rollcall::crdt {

namespace {

template <class Entries>
auto find_in(Entries& few, std::string_view topic) {
  return std::find_if(few.begin(), few.end(),
                      [topic](const auto& one) { return *one.topic == topic; });
}

} // namespace

bool topic_tally::change(std::string_view topic, int by) {
  if (many_) {
    const auto found = many_->find(topic);
    if (found == many_->end())
      return false;
    found->second += by;
  } else {
    const auto found = find_in(few_, topic);
    if (found == few_.end())
      return false;
    found->presences += by;
  }
  total_ += by;
  return true;
}

void topic_tally::start(const std::string& topic, int presences) {
  if (!many_ && few_.size() == few_max) {
    auto grown = std::make_unique<tree>();
    for (const auto& [known, count] : few_)
      grown->emplace(known, count);
    many_ = std::move(grown);
    few_ = {};
  }
  if (many_)
    many_->emplace(&topic, presences);
  else
    few_.push_back({&topic, presences});
  total_ += presences;
}

const std::string* topic_tally::end_if_zero(std::string_view topic) {
  if (many_) {
    const auto found = many_->find(topic);
    if (found == many_->end() || found->second != 0)
      return nullptr;
    const auto* const result = found->first;
    many_->erase(found);
    if (many_->empty())
      many_.reset();
    return result;
  }
  const auto found = find_in(few_, topic);
  if (found == few_.end() || found->presences != 0)
    return nullptr;
  const auto* const result = found->topic;
  *found = few_.back();
  few_.pop_back();
  return result;
}

std::int64_t topic_tally::count(std::string_view prefix) const {
  if (prefix.empty())
    return total_;
  std::int64_t result = 0;
  if (many_)
    for (auto next = many_->lower_bound(prefix);
         next != many_->end() && next->first->starts_with(prefix); ++next)
      result += next->second;
  else
    for (const auto& [topic, presences] : few_)
      if (topic->starts_with(prefix))
        result += presences;
  return result;
}

} // namespace rollcall::crdt
