#include "app/gateway/outbox.hpp"

#include <algorithm>

namespace rollcall::channels {

bool outbox::push(outgoing frame) {
  if (frame.size() > bytes_max_ - std::min(bytes_, bytes_max_))
    return false;
  push_last(std::move(frame));
  return true;
}

void outbox::push_last(outgoing frame) {
  bytes_ += frame.size();
  frames_.push_back(std::move(frame));
}

std::size_t outbox::gather(std::span<std::string_view> places) const {
  std::size_t used = 0;
  auto skip = offset_;
  const auto add = [&](const shared_bytes& part) {
    if (!part || used == places.size())
      return;
    if (skip >= part->size()) {
      skip -= part->size();
      return;
    }
    places[used++] = std::string_view{*part}.substr(skip);
    skip = 0;
  };
  for (auto i = first_; i < frames_.size() && used < places.size(); ++i) {
    add(frames_[i].head);
    add(frames_[i].tail);
  }
  return used;
}

void outbox::consume(std::size_t sent) {
  bytes_ -= sent;
  offset_ += sent;
  while (first_ < frames_.size() && offset_ >= frames_[first_].size()) {
    offset_ -= frames_[first_].size();
    frames_[first_++] = {};
  }
  if (first_ == frames_.size()) {
    std::vector<outgoing>{}.swap(frames_);
    first_ = 0;
  } else if (first_ >= 64 && first_ * 2 >= frames_.size()) {
    const auto end = frames_.begin() + static_cast<std::ptrdiff_t>(first_);
    frames_.erase(frames_.begin(), end);
    first_ = 0;
  }
}

void outbox::drop_unstarted() {
  const auto keep = first_ + (offset_ > 0 ? 1 : 0);
  frames_.resize(std::min(keep, frames_.size()));
  bytes_ = offset_ > 0 ? frames_[first_].size() - offset_ : 0;
  if (bytes_ == 0) {
    frames_.clear();
    first_ = 0;
  }
}

} // namespace rollcall::channels
