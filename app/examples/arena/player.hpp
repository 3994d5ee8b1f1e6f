#pragma once

#include "app/examples/arena/messages.hpp"
#include "app/examples/arena/meta.hpp"
#include "app/examples/arena/outlet.hpp"
#include "app/examples/arena/seat.hpp"
#include <rollcall/presence.hpp>

#include <caf/actor.hpp>
#include <caf/behavior.hpp>
#include <caf/error.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace arena {

/// How long the database may take for an answer.
inline constexpr std::chrono::seconds ledger_limit{10};

/// Friends of one player; above it `friend` is refused. Within what one call of
/// `presence::follow` takes.
inline constexpr std::size_t friends_max = 200;

/// For a call whose failure changes nothing for the player.
inline constexpr auto ignore_error = [](const caf::error&) {};

/// What all players of a node share.
struct player_context {
  rollcall::presence who;
  caf::actor ledger;
  std::chrono::milliseconds turn_limit{20'000};
};

using player_context_ptr = std::shared_ptr<const player_context>;

class player_state;
using player_actor = caf::stateful_actor<player_state>;

/// A player: the channel actor of one connection. The player is present in the
/// lobby from the login on, and in a match while it lasts, and leaves both when
/// this actor ends. What the player did in a match is in the presence there, so
/// the opponent's node needs nothing from this one.
class player_state {
public:
  static constexpr const char* name = "arena.player";

  void start(player_actor* self, player_context_ptr context, outlet_ptr out);

  /// Does what the player asks for, and answers.
  void handle(const command& wish);

  /// Takes a match that the matchmaker offers, if the player is idle.
  void take_offer(const offer& proposal);

  // What Rollcall tells of the own match, and of friends.
  void see(const rollcall::topic_snapshot& state);
  void see(const rollcall::diff& change);
  void hear(const rollcall::topic_event& event);
  void see_friend(const std::string& friend_name, bool is_online);

  /// Ends this connection: the player has logged in by another one.
  void see_replaced(const rollcall::presence_replaced& told);

  /// A timer fired; of those that were started only the latest counts.
  void end_wait(std::uint64_t number);

private:
  // player.cpp: the connection and the lobby.
  void login(const command& wish);
  void enter(const command& wish, const login_answer& found);
  void dispatch(const command& wish);
  void play(const command& wish);
  void rest(const command& wish);
  void change_friend(const command& wish, bool is_added);
  void list_lobby(const command& wish);
  void show_in_lobby();
  void show_in_lobby(const command& wish);
  [[nodiscard]] std::string lobby_json() const;

  // player_match.cpp: one match.
  void take(const command& wish);
  void resign(const command& wish);
  void say(const command& wish);
  void look(const rollcall::entry& presence);
  void begin_match();
  void tell_board();
  void wait_for_next_move();
  void lose_sight();
  void give_up_waiting();
  void finish(const std::string& winner, std::string_view why);
  void close_match(std::string_view outcome, std::string_view why);
  void leave_match_topic();
  void start_wait(std::chrono::milliseconds limit);
  [[nodiscard]] bool is_in_match() const noexcept {
    return match_.has_value() && !is_closing_;
  }

  player_actor* self_ = nullptr;
  player_context_ptr context_;
  outlet_ptr out_;
  profile own_; ///< Without a name until the player is logged in.
  player_status status_ = player_status::away;
  std::set<std::string, std::less<>> friends_;
  bool is_logging_in_ = false;
  bool wants_play_ = false;   ///< Idle again if a match does not come about.
  std::optional<seat> match_; ///< While `playing`.
  bool is_closing_ = false;   ///< The match is over and being recorded.
  std::uint64_t wait_number_ = 0;
};

/// The behavior of a player that is told things through `out`.
///
/// Handles: `command`, and what Rollcall and the matchmaker send.
caf::behavior player(player_actor* self, player_context_ptr context,
                     outlet_ptr out);

} // namespace arena
