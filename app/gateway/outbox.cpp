#include "app/gateway/outbox.hpp"

#include <algorithm>

namespace rollcall::channels {

bool outbox::push(outgoing what) {
  if (what.size() > bytes_max_ - std::min(bytes_, bytes_max_))
    return false;
  bytes_ += what.size();
  messages_.push_back(std::move(what));
  return true;
}

void outbox::pop() {
  bytes_ -= messages_[first_].size();
  messages_[first_++] = {};
  if (first_ == messages_.size()) {
    clear();
  } else if (first_ >= 64 && first_ * 2 >= messages_.size()) {
    const auto end = messages_.begin() + static_cast<std::ptrdiff_t>(first_);
    messages_.erase(messages_.begin(), end);
    first_ = 0;
  }
}

void outbox::clear() noexcept {
  std::vector<outgoing>{}.swap(messages_);
  first_ = 0;
  bytes_ = 0;
}

} // namespace rollcall::channels
