#include "actors/cluster/outflow.hpp"

#include <caf/io/basp/header.hpp>

#include <algorithm>

namespace rollcall {

namespace {

constexpr auto message_without_flags
    = std::uint32_t{static_cast<std::uint8_t>(
          caf::io::basp::message_type::direct_message)}
      << 24;

} // namespace

void outflow::pass(std::span<const std::byte> bytes) {
  while (!bytes.empty())
    bytes = bytes.subspan(pass_part(bytes));
}

std::optional<std::size_t>
outflow::first_gap(std::span<const std::byte> bytes) const {
  if (is_between_frames())
    return 0;
  auto ahead = *this;
  for (std::size_t at = 0; at < bytes.size();) {
    at += ahead.pass_part(bytes.subspan(at));
    if (ahead.is_between_frames())
      return at;
  }
  return std::nullopt;
}

std::size_t outflow::pass_part(std::span<const std::byte> bytes) {
  if (payload_left_ > 0) {
    const auto size = std::min<std::size_t>(bytes.size(), payload_left_);
    payload_left_ -= static_cast<std::uint32_t>(size);
    return size;
  }
  // CAF's headers: operation and flags, then the payload's length, then more.
  const auto next = std::to_integer<std::uint32_t>(bytes.front());
  if (header_size_ < 4)
    first_word_ = first_word_ << 8 | next;
  else if (header_size_ < 8)
    payload_size_ = payload_size_ << 8 | next;
  if (++header_size_ < caf::io::basp::header_size)
    return 1;
  messages_ += first_word_ == message_without_flags ? 1 : 0;
  payload_left_ = payload_size_;
  header_size_ = first_word_ = payload_size_ = 0;
  return 1;
}

} // namespace rollcall
