#include "app/examples/arena/player.hpp"

#include <rollcall/error.hpp>

#include <algorithm>
#include <utility>

namespace arena {

namespace {

/// Players that `who` lists; the rest are only counted.
constexpr std::size_t listed_max = 50;

} // namespace

void player_state::start(player_actor* self, player_context_ptr context,
                         outlet_ptr out) {
  self_ = self;
  context_ = std::move(context);
  out_ = std::move(out);
}

void player_state::handle(const command& wish) {
  if (wish.verb == verb::ping)
    out_->accept(wish);
  else if (wish.verb == verb::quit) {
    out_->accept(wish);
    self_->quit();
  } else if (wish.verb == verb::login)
    login(wish);
  else if (own_.name.empty())
    out_->refuse(wish, "login_first");
  else
    dispatch(wish);
}

void player_state::dispatch(const command& wish) {
  switch (wish.verb) {
  case verb::play:
    return play(wish);
  case verb::rest:
    return rest(wish);
  case verb::take:
    return take(wish);
  case verb::resign:
    return resign(wish);
  case verb::say:
    return say(wish);
  case verb::befriend:
    return change_friend(wish, true);
  case verb::unfriend:
    return change_friend(wish, false);
  case verb::who:
    return list_lobby(wish);
  case verb::login:
  case verb::ping:
  case verb::quit:
    break; // `handle` knows them.
  }
}

void player_state::login(const command& wish) {
  if (is_logging_in_ || !own_.name.empty())
    return out_->refuse(wish, "logged_in");
  is_logging_in_ = true;
  self_->request(context_->ledger, ledger_limit, login_request{wish.text})
      .then(
          [this, wish](const login_answer& found) {
            is_logging_in_ = false;
            enter(wish, found);
          },
          [this, wish](const caf::error&) {
            is_logging_in_ = false;
            out_->refuse(wish, "database");
          });
}

void player_state::enter(const command& wish, const login_answer& found) {
  const auto& who = context_->who;
  own_ = found.own;
  friends_ = {found.friends.begin(), found.friends.end()};
  who.track(self_, std::string{lobby_topic}, own_.name, lobby_json())
      .then(
          [this](const rollcall::tracked&) {
            out_->welcome({"welcome",
                           {{"name", own_.name},
                            {"rating", std::int64_t{own_.rating}},
                            {"wins", std::int64_t{own_.wins}},
                            {"losses", std::int64_t{own_.losses}}}});
          },
          [this, wish](const caf::error& wrong) {
            own_ = {};
            out_->refuse(wish, to_string(rollcall::code_of(wrong)));
          });
  who.follow(self_, found.friends, std::string{lobby_topic})
      .then([] {}, ignore_error);
}

void player_state::see_replaced(const rollcall::presence_replaced& told) {
  if (told.topic != lobby_topic)
    return;
  out_->push({"replaced", {{"name", told.key}}});
  self_->quit();
}

std::string player_state::lobby_json() const {
  return to_json(lobby_meta{status_, own_.rating,
                            match_ ? match_->topic() : std::string{}});
}

void player_state::show_in_lobby() {
  context_->who.update(self_, std::string{lobby_topic}, own_.name, lobby_json())
      .then([](const rollcall::tracked&) {}, ignore_error);
}

void player_state::show_in_lobby(const command& wish) {
  context_->who.update(self_, std::string{lobby_topic}, own_.name, lobby_json())
      .then([this, wish](const rollcall::tracked&) { out_->accept(wish); },
            [this, wish](const caf::error& wrong) {
              out_->refuse(wish, to_string(rollcall::code_of(wrong)));
            });
}

void player_state::play(const command& wish) {
  if (status_ == player_status::playing)
    return out_->refuse(wish, "playing");
  wants_play_ = true;
  status_ = player_status::idle;
  show_in_lobby(wish);
}

void player_state::rest(const command& wish) {
  if (match_ && match_->has_begun())
    return out_->refuse(wish, "playing");
  wants_play_ = false;
  // A match that was taken and does not come about ends in this as well.
  if (status_ == player_status::playing)
    return out_->accept(wish);
  status_ = player_status::away;
  show_in_lobby(wish);
}

void player_state::change_friend(const command& wish, bool is_added) {
  if (is_added && !friends_.contains(wish.text)
      && friends_.size() >= friends_max)
    return out_->refuse(wish, "too_many_friends");
  const auto remember = [this, wish, is_added] {
    self_
        ->request(context_->ledger, ledger_limit,
                  friend_change{own_.name, wish.text, is_added})
        .then([this, wish] { out_->accept(wish); },
              [this, wish](const caf::error&) {
                out_->refuse(wish, "database");
              });
  };
  const auto refuse = [this, wish](const caf::error& wrong) {
    out_->refuse(wish, to_string(rollcall::code_of(wrong)));
  };
  const std::string lobby{lobby_topic};
  if (is_added) {
    friends_.insert(wish.text);
    context_->who.follow(self_, {wish.text}, lobby).then(remember, refuse);
  } else {
    friends_.erase(wish.text);
    context_->who.unfollow(self_, {wish.text}, lobby).then(remember, refuse);
  }
}

void player_state::see_friend(const std::string& friend_name, bool is_online) {
  out_->push({is_online ? "online" : "offline", {{"name", friend_name}}});
}

void player_state::list_lobby(const command& wish) {
  const auto present = context_->who.list(lobby_topic);
  std::size_t listed = 0;
  for (const auto& presence : present) {
    const auto meta = read_lobby_meta(presence.meta());
    if (!meta || ++listed > listed_max)
      continue;
    out_->push({"player",
                {{"name", std::string{presence.key()}},
                 {"status", std::string{to_string(meta->status)}},
                 {"rating", std::int64_t{meta->rating}}}});
  }
  out_->push(
      {"players", {{"count", static_cast<std::int64_t>(present.size())}}});
  out_->accept(wish);
}

caf::behavior player(player_actor* self, player_context_ptr context,
                     outlet_ptr out) {
  self->state.start(self, std::move(context), std::move(out));
  return {
      [self](const command& wish) { self->state.handle(wish); },
      [self](const offer& proposal) { self->state.take_offer(proposal); },
      [self](const rollcall::topic_snapshot_ptr& state) {
        self->state.see(*state);
      },
      [self](const rollcall::diff_ptr& change) { self->state.see(*change); },
      [self](const rollcall::topic_event_ptr& event) {
        self->state.hear(*event);
      },
      [self](const rollcall::follow_state& told) {
        for (const auto& name : told.online)
          self->state.see_friend(name, true);
        for (const auto& name : told.offline)
          self->state.see_friend(name, false);
      },
      [self](const rollcall::came_online& told) {
        self->state.see_friend(told.key, true);
      },
      [self](const rollcall::went_offline& told) {
        self->state.see_friend(told.key, false);
      },
      [self](const rollcall::presence_replaced& told) {
        self->state.see_replaced(told);
      },
      [self](deadline, std::uint64_t number) { self->state.end_wait(number); },
      [](const rollcall::told_event&) {},
  };
}

} // namespace arena
