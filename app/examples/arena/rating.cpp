#include "app/examples/arena/rating.hpp"

#include <algorithm>
#include <cmath>

namespace arena {

int rating_gain(int winner, int loser) {
  constexpr double gain_max = 32;
  const auto difference = static_cast<double>(loser - winner) / 400;
  const auto expected = 1 / (1 + std::pow(10, difference));
  return std::max(1, static_cast<int>(std::lround(gain_max * (1 - expected))));
}

} // namespace arena
