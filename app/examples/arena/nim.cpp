#include "app/examples/arena/nim.hpp"

#include <algorithm>
#include <cstddef>

namespace arena {

bool board::take(int count) noexcept {
  if (count < 1 || count > std::min(take_max, stones))
    return false;
  stones -= count;
  next = other(next);
  return true;
}

board replay(std::span<const int> first, std::span<const int> second) noexcept {
  board result;
  for (std::size_t turn = 0;; ++turn) {
    const auto moves = turn % 2 == 0 ? first : second;
    if (turn / 2 >= moves.size() || !result.take(moves[turn / 2]))
      return result;
  }
}

} // namespace arena
