#pragma once

namespace arena {

inline constexpr int rating_at_start = 1000;

/// What the winner of a match gains and the loser loses, after Elo: half of 32
/// among equals, less if the winner was the stronger one. At least 1.
[[nodiscard]] int rating_gain(int winner, int loser);

} // namespace arena
