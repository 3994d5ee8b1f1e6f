#pragma once

#include <rollcall/session_policy.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the presences of the arena say, as JSON objects.
namespace arena {

inline constexpr std::string_view lobby_topic = "lobby";
inline constexpr std::string_view match_prefix = "match:";

/// The topic in which each node's matchmaker is present; the first of them
/// makes the matches.
inline constexpr std::string_view matchmakers_topic = "matchmakers";

/// A name is in the lobby once, on all nodes: a login ends an older one. For
/// `rollcall::config::single_session`.
[[nodiscard]] inline std::vector<rollcall::single_session_rule> login_rules() {
  return {{std::string{lobby_topic}, rollcall::session_policy::newest}};
}

enum class player_status : std::uint8_t {
  away,    ///< Connected, and wants no match.
  idle,    ///< Wants a match.
  playing, ///< In a match, or about to begin one.
};

/// A player in the lobby.
struct lobby_meta {
  player_status status = player_status::away;
  int rating = 0;
  std::string match; ///< Its topic, if `playing`.
};

[[nodiscard]] std::string_view to_string(player_status status) noexcept;

[[nodiscard]] std::string to_json(const lobby_meta& meta);
[[nodiscard]] std::optional<lobby_meta> read_lobby_meta(std::string_view text);

/// A player in a match: what the player took so far.
struct match_meta {
  bool is_first = false;
  std::vector<int> moves;
};

[[nodiscard]] std::string to_json(const match_meta& meta);
[[nodiscard]] std::optional<match_meta> read_match_meta(std::string_view text);

/// What a player says to all who watch a match: the payload of its event.
struct said {
  std::string name;
  std::string text;
};

inline constexpr std::string_view said_event = "said";

[[nodiscard]] std::string to_json(const said& words);
[[nodiscard]] std::optional<said> read_said(std::string_view text);

} // namespace arena
