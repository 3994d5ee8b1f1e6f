#pragma once

#include "app/examples/arena/meta.hpp"
#include "app/examples/arena/nim.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace arena {

/// One player's side of one match: the own moves, and those of the opponent as
/// far as they were seen. Pure.
class seat {
public:
  enum class take_result : std::uint8_t {
    taken,
    not_begun,     ///< The opponent has not been seen yet.
    not_your_turn, ///< Also when the match is over.
    not_allowed,   ///< There are not so many stones.
  };

  seat() = default;
  seat(std::string topic, std::string opponent, bool is_first)
      : topic_{std::move(topic)},
        opponent_{std::move(opponent)} {
    own_.is_first = is_first;
  }

  /// The match.
  [[nodiscard]] const std::string& topic() const noexcept {
    return topic_;
  }

  [[nodiscard]] const std::string& opponent() const noexcept {
    return opponent_;
  }

  /// What the own presence in the match says.
  [[nodiscard]] const match_meta& own() const noexcept {
    return own_;
  }

  /// Whether the opponent has been seen.
  [[nodiscard]] bool has_begun() const noexcept {
    return has_begun_;
  }

  /// Takes stones for this player.
  take_result take(int stones);

  /// What the opponent's presence says. @returns how many moves are new.
  std::size_t see(const match_meta& opponent);

  /// What the opponent took last. @pre `see` returned more than 0.
  [[nodiscard]] int latest_of_opponent() const {
    return theirs_.moves.back();
  }

  [[nodiscard]] board now() const noexcept;

  /// Whether it is this player's turn, and the match goes on.
  [[nodiscard]] bool is_own_turn() const noexcept;

  /// Whether this player took the last stone.
  [[nodiscard]] bool is_won() const noexcept;

  /// Whether the opponent took the last stone.
  [[nodiscard]] bool is_lost() const noexcept;

private:
  [[nodiscard]] side own_side() const noexcept {
    return own_.is_first ? side::first : side::second;
  }

  std::string topic_;
  std::string opponent_;
  match_meta own_;
  match_meta theirs_;
  bool has_begun_ = false;
};

} // namespace arena
