#include "app/gateway/push_turns.hpp"

#include <algorithm>

namespace rollcall::channels {

std::deque<push_turns::entry>::iterator
push_turns::find(std::uint64_t channel) {
  return std::find_if(
      waiting_.begin(), waiting_.end(),
      [channel](const entry& each) { return each.channel == channel; });
}

void push_turns::want(std::uint64_t channel, std::size_t bytes) {
  auto found = find(channel);
  if (found == waiting_.end())
    found = waiting_.insert(found, {channel, 0});
  bytes_ += bytes;
  bytes_ -= found->bytes;
  found->bytes = bytes;
}

void push_turns::forget(std::uint64_t channel) {
  const auto found = find(channel);
  if (found == waiting_.end())
    return;
  bytes_ -= found->bytes;
  waiting_.erase(found);
}

std::optional<std::uint64_t> push_turns::take() {
  if (current_ || waiting_.empty())
    return std::nullopt;
  current_ = waiting_.front();
  waiting_.pop_front();
  bytes_ -= current_->bytes;
  return current_->channel;
}

void push_turns::end() {
  current_.reset();
}

} // namespace rollcall::channels
