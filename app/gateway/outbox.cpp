#include "app/gateway/outbox.hpp"

#include <algorithm>

namespace rollcall::channels {

namespace asio = boost::asio;

bool outbox::push(outgoing message) {
  const auto size = cost(message);
  if (size > bytes_max_ - std::min(bytes_, bytes_max_))
    return false;
  const auto held = message.rest ? message.rest->held_bytes() : 0;
  messages_.push_back(std::move(message)); // Without memory nothing is counted.
  bytes_ += size;
  held_ += held;
  return true;
}

outbox::piece outbox::next() {
  const auto& oldest = messages_[first_];
  if (!oldest.rest)
    return slice(oldest);
  part_ = oldest.rest->at(done_);
  const auto head
      = done_ == 0 ? asio::buffer(*oldest.head) : asio::const_buffer{};
  return {{head, asio::buffer(*part_.bytes)}, part_.is_last, oldest.is_binary};
}

outbox::piece outbox::slice(const outgoing& of) const {
  asio::const_buffer head{of.head->data(), of.head->size()};
  asio::const_buffer tail;
  if (of.tail)
    tail = {of.tail->data(), of.tail->size()};
  const auto skipped = std::min(done_, head.size());
  head += skipped;
  tail += done_ - skipped;
  const auto is_last = head.size() + tail.size() <= piece_bytes_max;
  head = {head.data(), std::min(head.size(), piece_bytes_max)};
  tail = {tail.data(), std::min(tail.size(), piece_bytes_max - head.size())};
  return {{head, tail}, is_last, of.is_binary};
}

void outbox::pop(const piece& sent) {
  if (sent.is_last)
    forget_oldest();
  else if (messages_[first_].rest)
    ++done_;
  else
    done_ += asio::buffer_size(sent.buffers);
  part_ = {};
}

void outbox::forget_oldest() {
  auto& oldest = messages_[first_];
  bytes_ -= cost(oldest);
  if (oldest.rest)
    held_ -= oldest.rest->held_bytes();
  oldest = {};
  done_ = 0;
  ++first_;
  if (first_ == messages_.size()) {
    clear();
  } else if (first_ >= 64 && first_ * 2 >= messages_.size()) {
    const auto end = messages_.begin() + static_cast<std::ptrdiff_t>(first_);
    messages_.erase(messages_.begin(), end);
    messages_.shrink_to_fit(); // A burst may have made it large.
    first_ = 0;
  }
}

void outbox::clear() noexcept {
  std::vector<outgoing>{}.swap(messages_);
  first_ = 0;
  bytes_ = 0;
  held_ = 0;
  done_ = 0;
  part_ = {};
}

} // namespace rollcall::channels
