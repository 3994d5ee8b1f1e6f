#pragma once

#include <cstdint>
#include <span>

/// The game: 21 stones, two players who take one to three in turn; whoever
/// takes the last stone wins. The state of a match is a function of what each
/// of the two took, so each player's presence carries the own moves and
/// everybody who sees both presences knows the board.
namespace arena {

inline constexpr int stones_at_start = 21;
inline constexpr int take_max = 3;

enum class side : std::uint8_t { first, second };

[[nodiscard]] constexpr side other(side one) noexcept {
  return one == side::first ? side::second : side::first;
}

struct board {
  int stones = stones_at_start;
  side next = side::first; ///< Whose turn it is, or would be.

  [[nodiscard]] bool is_over() const noexcept {
    return stones == 0;
  }

  /// Who took the last stone. @pre `is_over()`.
  [[nodiscard]] side winner() const noexcept {
    return other(next);
  }

  /// Takes stones for the side whose turn it is. @returns false, and changes
  /// nothing, if there are not so many or the rules do not allow it.
  bool take(int count) noexcept;
};

/// The board after what the two sides took. It stops at the first move that
/// the rules do not allow, and when the next move is not there yet.
[[nodiscard]] board replay(std::span<const int> first,
                           std::span<const int> second) noexcept;

} // namespace arena
