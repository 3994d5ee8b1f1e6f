#include "app/gateway/state_text.hpp"

#include <string>
#include <utility>

namespace rollcall::channels {

namespace {

/// What a snapshot takes for each presence, in bytes, roughly: a shared pointer
/// for a leaf of up to 32.
constexpr std::size_t pointer_bytes = 1;

} // namespace

state_text::state_text(snapshot presences, enrichment extra)
    : presences_{std::move(presences)},
      extra_{std::move(extra)},
      parts_{{{}, state_position{presences_}}} {
}

text_source::part state_text::at(std::size_t index) {
  auto& wanted = parts_.at(index);
  const auto is_last = [this, index] { return last_ == index; };
  if (auto bytes = wanted.bytes.lock())
    return {std::move(bytes), is_last()};
  std::string text;
  auto position = wanted.start;
  append_state_part(text, presences_, extra_, position, part_bytes);
  if (position.is_complete) {
    text += ']';
    last_ = index;
  }
  latest_ = share(std::move(text));
  wanted.bytes = latest_;
  if (!position.is_complete && index + 1 == parts_.size())
    parts_.push_back({{}, position});
  return {latest_, is_last()};
}

std::size_t state_text::held_bytes() const noexcept {
  return part_bytes + presences_.size() * pointer_bytes;
}

encoded_state encode_state(const snapshot& presences, const enrichment& extra) {
  auto parts = std::make_shared<state_text>(presences, extra);
  auto first = parts->at(0);
  if (first.is_last)
    return {std::move(first.bytes), nullptr};
  return {nullptr, std::move(parts)};
}

} // namespace rollcall::channels
