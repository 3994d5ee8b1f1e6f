#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace arena {

/// Time since some point that the caller keeps the same.
using tick_time = std::chrono::milliseconds;

/// Two players who should meet. The first one begins.
struct pairing {
  std::string first;
  std::string second;

  friend bool operator==(const pairing&, const pairing&) = default;
};

/// How far the ratings of two players may be apart, by how long the one of them
/// who waits longer has waited.
[[nodiscard]] int rating_gap_max(tick_time waited) noexcept;

/// Matchmaking: the idle players that one matchmaker sees, and whom it pairs.
///
/// Pure: the caller feeds it with the changes of the lobby and with the time.
///
/// Shape: grows with the idle players of the lobby.
class waiting_room {
public:
  /// How long a player who was offered a match is left alone. Whoever is still
  /// idle then did not take it.
  static constexpr tick_time offer_lasts{3000};

  /// A player is idle and has this rating. One who was idle before goes on to
  /// wait.
  void add(std::string name, int rating, tick_time now);

  /// A player plays, rests, or left.
  void remove(std::string_view name);

  /// Whom to offer a match now: each player at most once. The one who waits
  /// longest chooses first and gets whoever is nearest in rating, within
  /// `rating_gap_max`. The weaker of the two begins.
  [[nodiscard]] std::vector<pairing> pair_up(tick_time now);

  [[nodiscard]] std::size_t size() const noexcept {
    return players_.size();
  }

private:
  struct player {
    int rating = 0;
    tick_time since{};
    tick_time free_at{}; ///< When the latest offer is over.
  };

  using player_map = std::map<std::string, player, std::less<>>;

  player_map players_;
};

} // namespace arena
