#include "app/examples/arena/ledger.hpp"

#include "app/examples/arena/rating.hpp"

#include <caf/result.hpp>
#include <caf/sec.hpp>

#include <utility>

namespace arena {

caf::expected<std::unique_ptr<ledger>> ledger::open(const std::string& where) {
  auto file = database::open(where);
  if (!file)
    return std::move(file.error());
  std::unique_ptr<ledger> result{new ledger{std::move(*file)}};
  if (auto wrong = result->prepare())
    return wrong;
  return result;
}

caf::error ledger::prepare() {
  const std::pair<statement_ptr*, const char*> all[] = {
      {&add_player_, "INSERT INTO player(name, rating) VALUES($1, $2) ON "
                     "CONFLICT DO NOTHING"},
      {&find_player_,
       "SELECT name, rating, wins, losses FROM player WHERE name = $1"},
      {&find_friends_, "SELECT other FROM friendship WHERE name = $1"},
      {&add_friend_, "INSERT INTO friendship(name, other) VALUES($1, $2) ON "
                     "CONFLICT DO NOTHING"},
      {&remove_friend_,
       "DELETE FROM friendship WHERE name = $1 AND other = $2"},
      {&add_match_, "INSERT INTO played(match, winner, loser) VALUES($1, $2, "
                    "$3) ON CONFLICT DO NOTHING"},
      {&find_match_, "SELECT winner FROM played WHERE match = $1"},
      {&change_player_,
       "UPDATE player SET rating = rating + $1, wins = wins + $2, "
       "losses = losses + $3 WHERE name = $4"},
  };
  for (const auto& [place, sql] : all) {
    auto made = file_->prepare(sql);
    if (!made)
      return std::move(made.error());
    *place = std::move(*made);
  }
  return {};
}

caf::expected<profile> ledger::find(std::string_view name) {
  auto& query = find_player_->bind(1, name);
  if (!query.next()) {
    auto wrong = query.problem();
    query.reset();
    return wrong ? std::move(wrong)
                 : caf::make_error(caf::sec::runtime_error,
                                   std::string{"no such player"});
  }
  profile result{std::string{query.text(0)}, query.number(1), query.number(2),
                 query.number(3)};
  query.reset();
  return result;
}

caf::error ledger::add(std::string_view name) {
  return add_player_->bind(1, name)
      .bind(2, std::int64_t{rating_at_start})
      .run();
}

caf::expected<login_answer> ledger::login(const std::string& name) {
  // Most players are there already: reading does not wait for other writers.
  auto known = find(name);
  if (!known) {
    if (auto wrong = add(name))
      return wrong;
    known = find(name);
    if (!known)
      return std::move(known.error());
  }
  login_answer result{std::move(*known), {}};
  auto& query = find_friends_->bind(1, name);
  while (query.next())
    result.friends.emplace_back(query.text(0));
  auto wrong = query.problem();
  query.reset();
  if (wrong)
    return wrong;
  return result;
}

caf::error ledger::change(const friend_change& wish) {
  auto& query = wish.is_added ? *add_friend_ : *remove_friend_;
  return query.bind(1, wish.name).bind(2, wish.other).run();
}

caf::error ledger::settle(const match_result& result) {
  const auto winner = find(result.winner);
  const auto loser = find(result.loser);
  if (!winner || !loser)
    return winner ? loser.error() : winner.error();
  const std::int64_t gain = rating_gain(winner->rating, loser->rating);
  if (auto wrong = change_player_->bind(1, gain)
                       .bind(2, std::int64_t{1})
                       .bind(3, std::int64_t{0})
                       .bind(4, result.winner)
                       .run())
    return wrong;
  return change_player_->bind(1, -gain)
      .bind(2, std::int64_t{0})
      .bind(3, std::int64_t{1})
      .bind(4, result.loser)
      .run();
}

caf::error ledger::insert_and_settle(const match_result& result) {
  if (auto wrong = add_match_->bind(1, result.match)
                       .bind(2, result.winner)
                       .bind(3, result.loser)
                       .run())
    return wrong;
  return file_->changes() == 0 ? caf::error{} : settle(result);
}

caf::expected<match_record> ledger::record(const match_result& result) {
  // At once a writer, so that the ratings are read as they are changed.
  transaction change{*file_};
  if (auto wrong = change.begin())
    return wrong;
  if (auto wrong = insert_and_settle(result))
    return wrong;
  if (auto wrong = change.commit())
    return wrong;
  auto own = find(result.asker);
  if (!own)
    return std::move(own.error());
  match_record answer{result.winner, std::move(*own)};
  auto& query = find_match_->bind(1, result.match);
  if (query.next())
    answer.winner = query.text(0);
  query.reset();
  return answer;
}

caf::behavior ledger_actor(caf::event_based_actor*,
                           std::shared_ptr<ledger> book) {
  return {
      [book](const login_request& wish) { return book->login(wish.name); },
      [book](const friend_change& wish) -> caf::result<void> {
        if (auto wrong = book->change(wish))
          return wrong;
        return caf::unit;
      },
      [book](const match_result& result) { return book->record(result); },
  };
}

} // namespace arena
