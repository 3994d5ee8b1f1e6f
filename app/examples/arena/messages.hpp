#pragma once

#include "app/examples/arena/command.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// What the arena's own actors say to each other, with the type ids that CAF
/// gives to applications.
namespace arena {

/// What the database knows of a player.
struct profile {
  std::string name;
  std::int32_t rating = 0;
  std::int32_t wins = 0;
  std::int32_t losses = 0;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, profile& x) {
  return f(x.name, x.rating, x.wins, x.losses);
}

/// Offers a match to an idle player, on whichever node the player is.
///
/// Sent by: matchmaker, by `presence::tell`.  Handled by: player.
struct offer {
  std::string match; ///< Its topic.
  std::string opponent;
  bool is_first = false; ///< Whether the player who gets this begins.
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, offer& x) {
  return f(x.match, x.opponent, x.is_first);
}

/// Asks for a player's profile, and makes one for a new player.
///
/// Sent by: player.  Handled by: ledger.  Reply: `login_answer`.
struct login_request {
  std::string name;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, login_request& x) {
  return f(x.name);
}

struct login_answer {
  profile own;
  std::vector<std::string> friends;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, login_answer& x) {
  return f(x.own, x.friends);
}

/// Adds a friend to a player's list, or removes one.
///
/// Sent by: player.  Handled by: ledger.  Reply: nothing.
struct friend_change {
  std::string name;
  std::string other;
  bool is_added = true;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, friend_change& x) {
  return f(x.name, x.other, x.is_added);
}

/// Says how a match ended. Both players say it, and the first to do so counts.
///
/// Sent by: player.  Handled by: ledger.  Reply: `match_record`.
struct match_result {
  std::string match;
  std::string winner;
  std::string loser;
  std::string asker; ///< Who wants the own profile back.
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, match_result& x) {
  return f(x.match, x.winner, x.loser, x.asker);
}

/// How a match ended, as the database has it.
struct match_record {
  std::string winner;
  profile own; ///< Of the asker, afterwards.
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, match_record& x) {
  return f(x.winner, x.own);
}

} // namespace arena

// Commands stay inside their node.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(arena::command)

CAF_BEGIN_TYPE_ID_BLOCK(arena, caf::first_custom_type_id)

  CAF_ADD_TYPE_ID(arena, (arena::profile))
  CAF_ADD_TYPE_ID(arena, (arena::offer))
  CAF_ADD_TYPE_ID(arena, (arena::login_request))
  CAF_ADD_TYPE_ID(arena, (arena::login_answer))
  CAF_ADD_TYPE_ID(arena, (arena::friend_change))
  CAF_ADD_TYPE_ID(arena, (arena::match_result))
  CAF_ADD_TYPE_ID(arena, (arena::match_record))
  CAF_ADD_ATOM(arena, arena, deadline, "deadline")
  CAF_ADD_ATOM(arena, arena, round, "round")

CAF_END_TYPE_ID_BLOCK(arena)
