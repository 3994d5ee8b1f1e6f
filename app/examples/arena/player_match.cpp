#include "app/examples/arena/player.hpp"
#include <rollcall/error.hpp>

#include <algorithm>
#include <utility>

namespace arena {

namespace {

/// How long the opponent of a match may take to appear in it.
constexpr std::chrono::milliseconds appear_limit{3000};

/// How long the winner stays in the match so that the loser sees the last move.
constexpr std::chrono::milliseconds farewell_limit{5000};

/// What the opponent gets beyond the time for a move: the one whose turn it is
/// gives up first.
constexpr std::chrono::milliseconds turn_grace{3000};

/// Whether a key left a topic for good, by one diff.
bool has_left(const rollcall::diff& change, std::string_view key) {
  for (std::size_t i = 0; i < change.leaves.size(); ++i)
    if (change.leaves[i]->key() == key
        && change.leave_reasons[i] != rollcall::leave_reason::updated)
      return std::none_of(
          change.joins.begin(), change.joins.end(),
          [&](const auto& joined) { return joined->key() == key; });
  return false;
}

} // namespace

void player_state::take_offer(const offer& proposal) {
  if (status_ != player_status::idle)
    return; // An offer that comes late. The opponent waits in vain, briefly.
  status_ = player_status::playing;
  is_closing_ = false;
  match_.emplace(proposal.match, proposal.opponent, proposal.is_first);
  const auto& who = context_->who;
  const auto give_up = [this, topic = proposal.match](const caf::error&) {
    if (is_in_match() && match_->topic() == topic)
      give_up_waiting();
  };
  who.track(self_, proposal.match, own_.name, to_json(match_->own()))
      .then([](const rollcall::tracked&) {}, give_up);
  who.subscribe(self_, proposal.match).then([] {}, give_up);
  show_in_lobby();
  start_wait(appear_limit);
}

void player_state::see(const rollcall::topic_snapshot& state) {
  if (is_in_match() && state.topic == match_->topic())
    for (const auto& presence : state.presences.get(match_->opponent()))
      look(*presence);
}

void player_state::see(const rollcall::diff& change) {
  if (!is_in_match() || change.topic != match_->topic())
    return;
  for (const auto& joined : change.joins)
    if (is_in_match() && joined->key() == match_->opponent())
      look(*joined);
  if (is_in_match() && has_left(change, match_->opponent()))
    lose_sight();
}

void player_state::look(const rollcall::entry& presence) {
  const auto meta = read_match_meta(presence.meta());
  if (!meta || !is_in_match())
    return;
  if (!match_->has_begun())
    begin_match();
  if (match_->see(*meta) == 0)
    return;
  out_->push({"took",
              {{"name", match_->opponent()},
               {"stones", std::int64_t{match_->latest_of_opponent()}}}});
  tell_board();
  if (match_->is_lost())
    finish(match_->opponent(), "stones");
  else
    wait_for_next_move();
}

void player_state::begin_match() {
  match_->see({}); // From here on the match has begun.
  const auto turn = match_->own().is_first ? "first" : "second";
  out_->push({"match",
              {{"match", match_->topic()},
               {"opponent", match_->opponent()},
               {"turn", std::string{turn}}}});
  tell_board();
  wait_for_next_move();
}

void player_state::tell_board() {
  const auto now = match_->now();
  std::string turn{"theirs"};
  if (now.is_over())
    turn = "over";
  else if (match_->is_own_turn())
    turn = "yours";
  out_->push({"board", {{"stones", std::int64_t{now.stones}}, {"turn", turn}}});
}

void player_state::wait_for_next_move() {
  start_wait(match_->is_own_turn() ? context_->turn_limit
                                   : context_->turn_limit + turn_grace);
}

void player_state::take(const command& wish) {
  if (!is_in_match())
    return out_->refuse(wish, "no_match");
  switch (match_->take(wish.number)) {
  case seat::take_result::not_begun:
    return out_->refuse(wish, "no_match");
  case seat::take_result::not_your_turn:
    return out_->refuse(wish, "not_your_turn");
  case seat::take_result::not_allowed:
    return out_->refuse(wish, "not_allowed");
  case seat::take_result::taken:
    break;
  }
  const auto topic = match_->topic();
  context_->who.update(self_, topic, own_.name, to_json(match_->own()))
      .then([](const rollcall::tracked&) {}, ignore_error);
  out_->accept(wish);
  tell_board();
  // The winner stays, so that the last move is seen: a presence that is
  // updated and ends within one diff window leaves without that update.
  if (match_->is_won())
    start_wait(farewell_limit);
  else
    wait_for_next_move();
}

void player_state::resign(const command& wish) {
  if (!is_in_match() || !match_->has_begun())
    return out_->refuse(wish, "no_match");
  out_->accept(wish);
  finish(match_->is_won() ? own_.name : match_->opponent(), "resigned");
}

void player_state::say(const command& wish) {
  if (!is_in_match() || !match_->has_begun())
    return out_->refuse(wish, "no_match");
  const auto wrong = context_->who.broadcast(
      self_, std::make_shared<const rollcall::topic_event>(
                 rollcall::topic_event{match_->topic(), std::string{said_event},
                                       to_json(said{own_.name, wish.text})}));
  if (wrong)
    out_->refuse(wish, to_string(rollcall::code_of(wrong)));
  else
    out_->accept(wish);
}

void player_state::hear(const rollcall::topic_event& event) {
  if (!is_in_match() || event.topic != match_->topic()
      || event.event != said_event)
    return;
  if (const auto words = read_said(event.payload))
    out_->push({"said", {{"name", words->name}, {"text", words->text}}});
}

void player_state::lose_sight() {
  if (!match_->has_begun())
    return; // It may still come back; the timer ends the wait.
  finish(own_.name, match_->is_won() ? "stones" : "opponent_left");
}

void player_state::end_wait(std::uint64_t number) {
  if (number != wait_number_ || !is_in_match())
    return;
  if (!match_->has_begun())
    give_up_waiting();
  else if (match_->is_won())
    finish(own_.name, "stones");
  else
    finish(match_->is_own_turn() ? match_->opponent() : own_.name, "time");
}

void player_state::give_up_waiting() {
  leave_match_topic();
  match_.reset();
  status_ = wants_play_ ? player_status::idle : player_status::away;
  show_in_lobby();
}

void player_state::finish(const std::string& winner, std::string_view why) {
  is_closing_ = true;
  leave_match_topic();
  // A match in which nobody moved counts for nobody: perhaps the opponent gave
  // up waiting at the moment when this side saw the match begin.
  if (match_->now().stones == stones_at_start)
    return close_match("void", why);
  const auto& loser = winner == own_.name ? match_->opponent() : own_.name;
  self_
      ->request(context_->ledger, ledger_limit,
                match_result{match_->topic(), winner, loser, own_.name})
      .then(
          [this, why = std::string{why}](const match_record& record) {
            own_ = record.own;
            close_match(record.winner == own_.name ? "won" : "lost", why);
          },
          [this](const caf::error&) { close_match("void", "database"); });
}

void player_state::close_match(std::string_view outcome, std::string_view why) {
  match_.reset();
  is_closing_ = false;
  wants_play_ = false;
  status_ = player_status::away;
  show_in_lobby();
  out_->push({"over",
              {{"outcome", std::string{outcome}},
               {"why", std::string{why}},
               {"rating", std::int64_t{own_.rating}}}});
}

void player_state::leave_match_topic() {
  const auto& who = context_->who;
  who.unsubscribe(self_, match_->topic()).then([] {}, ignore_error);
  who.untrack(self_, match_->topic(), own_.name).then([] {}, ignore_error);
}

void player_state::start_wait(std::chrono::milliseconds limit) {
  self_->delayed_send(self_, limit, deadline_v, ++wait_number_);
}

} // namespace arena
