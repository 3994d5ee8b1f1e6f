#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

namespace rollcall::crdt {

/// Calls `act` for each element whose text is a prefix of `whole`, without a
/// look at all others: at most as many searches as `whole` has bytes.
///
/// @param sorted in the order of the texts that `text_of` gives.
template <class Element, class TextOf, class Act>
void for_each_prefix(const std::vector<Element>& sorted, std::string_view whole,
                     TextOf text_of, Act act) {
  const auto after = [&](std::string_view text) {
    return std::upper_bound(
        sorted.begin(), sorted.end(), text,
        [&](std::string_view a, const Element& b) { return a < text_of(b); });
  };
  for (auto next = after(whole); next != sorted.begin();) {
    const std::string_view text = text_of(*std::prev(next));
    if (whole.starts_with(text)) {
      --next;
      act(*next);
      continue;
    }
    // It is less than `whole`, so no longer prefix of `whole` is before it.
    const auto differs
        = std::mismatch(text.begin(), text.end(), whole.begin(), whole.end());
    next = after(whole.substr(
        0, static_cast<std::size_t>(differs.first - text.begin())));
  }
}

} // namespace rollcall::crdt
