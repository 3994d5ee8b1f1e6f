#include "app/examples/arena/seat.hpp"

#include <cstddef>

namespace arena {

seat::take_result seat::take(int stones) {
  if (!has_begun_)
    return take_result::not_begun;
  if (!is_own_turn())
    return take_result::not_your_turn;
  if (!now().take(stones))
    return take_result::not_allowed;
  own_.moves.push_back(stones);
  return take_result::taken;
}

std::size_t seat::see(const match_meta& opponent) {
  has_begun_ = true;
  const auto before = theirs_.moves.size();
  // Versions come in order, so fewer moves are no news.
  if (opponent.moves.size() <= before)
    return 0;
  theirs_ = opponent;
  return theirs_.moves.size() - before;
}

board seat::now() const noexcept {
  return own_.is_first ? replay(own_.moves, theirs_.moves)
                       : replay(theirs_.moves, own_.moves);
}

bool seat::is_own_turn() const noexcept {
  const auto state = now();
  return !state.is_over() && state.next == own_side();
}

bool seat::is_won() const noexcept {
  const auto state = now();
  return state.is_over() && state.winner() == own_side();
}

bool seat::is_lost() const noexcept {
  const auto state = now();
  return state.is_over() && state.winner() != own_side();
}

} // namespace arena
