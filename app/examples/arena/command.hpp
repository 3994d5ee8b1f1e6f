#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace arena {

/// What a player may ask for.
enum class verb : std::uint8_t {
  login,    ///< `text` is the own name.
  play,     ///< Wants a match.
  rest,     ///< Wants none any more.
  take,     ///< Takes `number` stones.
  resign,   ///< Gives the match up.
  say,      ///< Tells `text` to all who watch the match.
  befriend, ///< Follows the player `text`.
  unfriend, ///< Ends that.
  who,      ///< Who is in the lobby.
  ping,     ///< Only to be answered.
  quit,     ///< Ends the connection.
};

/// Names of players: ASCII letters, digits, `_` and `-`.
inline constexpr std::size_t name_bytes_max = 24;
inline constexpr std::size_t say_bytes_max = 200;

[[nodiscard]] bool is_player_name(std::string_view text) noexcept;

/// One request of a player, read and within its bounds.
struct command {
  arena::verb verb = arena::verb::ping;
  std::string text;
  std::int32_t number = 0;
  std::string ref; ///< Of a gateway client, to reply with; else empty.
};

[[nodiscard]] std::string_view to_string(verb verb) noexcept;

/// Makes a command from a word and the rest of its line, or of its JSON.
/// @returns nothing if there is no such command, or what follows breaks its
/// bounds: a name, one of 1 to 3 stones, a text that is not empty.
[[nodiscard]] std::optional<command> read_command(std::string_view word,
                                                  std::string_view argument);

/// Reads a line of the TCP protocol, `word argument`, with or without a
/// carriage return at its end.
[[nodiscard]] std::optional<command> read_line(std::string_view line);

} // namespace arena
