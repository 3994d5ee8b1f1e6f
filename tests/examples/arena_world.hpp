#pragma once

#include "app/examples/arena/matchmaker.hpp"
#include "app/examples/arena/messages.hpp"
#include "app/examples/arena/meta.hpp"
#include "app/examples/arena/player.hpp"
#include <rollcall/testing/cluster.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// Players and matchmakers of the arena, as they ship, on a simulated cluster.
/// The database is a stand-in that all nodes share.
namespace arena::test {

using rollcall::testing::cluster;
using rollcall::testing::node;
using namespace std::chrono_literals;

/// What a database of all nodes would remember.
using played_matches = std::map<std::string, std::string>; ///< Who won which.

inline caf::behavior
stand_in_ledger(caf::event_based_actor*,
                const std::shared_ptr<played_matches>& played) {
  return {
      [](const login_request& wish) {
        return login_answer{{wish.name, 1000, 0, 0}, {}};
      },
      [played](const match_result& result) {
        played->try_emplace(result.match, result.winner); // The first counts.
        return match_record{played->at(result.match),
                            {result.asker, 1000, 0, 0}};
      },
  };
}

/// A player at a keyboard: what was told, and what is typed.
class person final : public outlet,
                     public std::enable_shared_from_this<person> {
public:
  explicit person(std::string name) : name_{std::move(name)} {
  }

  void sit_down(node& where, const player_context_ptr& context) {
    player_ = where.spawn(player, context, shared_from_this());
    player_->attach_functor([self = weak_from_this()] {
      if (const auto alive = self.lock())
        alive->is_connected_ = false;
    });
    type({verb::login, name_, 0, {}});
  }

  void type(command wish) {
    caf::anon_send(player_, std::move(wish));
  }

  void welcome(const notice& news) override {
    push(news);
  }

  void push(const notice& news) override {
    told_.push_back(to_line(news));
  }

  void accept(const command&) override {
  }

  void refuse(const command& wish, std::string_view reason) override {
    told_.push_back("refused " + std::string{to_string(wish.verb)} + ' '
                    + std::string{reason});
  }

  /// The latest of what was told that begins with a word; empty if none does.
  [[nodiscard]] std::string latest(std::string_view word) const {
    for (auto i = told_.rbegin(); i != told_.rend(); ++i)
      if (i->starts_with(word))
        return *i;
    return {};
  }

  [[nodiscard]] bool was_told(std::string_view word) const {
    return !latest(word).empty();
  }

  [[nodiscard]] bool is_to_move() const {
    return latest("board").ends_with("yours");
  }

  [[nodiscard]] bool is_connected() const noexcept {
    return is_connected_;
  }

private:
  std::string name_;
  std::vector<std::string> told_;
  caf::actor player_;
  bool is_connected_ = true;
};

using person_ptr = std::shared_ptr<person>;

/// Nodes of an arena.
class arena_world {
public:
  explicit arena_world(std::size_t nodes) : world{nodes, options()} {
    for (std::size_t i = 0; i < nodes; ++i)
      open(i);
    world.settle();
  }

  /// Starts what a node of the arena has besides presence and cluster.
  void open(std::size_t index) {
    auto& where = world[index];
    contexts_[index] = std::make_shared<const player_context>(
        player_context{where.presence(), where.spawn(stand_in_ledger, played)});
    where.spawn(matchmaker, where.presence(), where.name(),
                std::to_string(++lives_));
  }

  void restart(std::size_t index) {
    world.restart(index);
    open(index);
  }

  person_ptr login(std::size_t index, const std::string& name) {
    auto result = std::make_shared<person>(name);
    result->sit_down(world[index], contexts_[index]);
    world.settle();
    return result;
  }

  /// A player who wants a match.
  person_ptr idle(std::size_t index, const std::string& name) {
    auto result = login(index, name);
    result->type({verb::play, {}, 0, {}});
    world.settle();
    return result;
  }

  const std::shared_ptr<played_matches> played
      = std::make_shared<played_matches>();
  cluster world;

private:
  static rollcall::testing::cluster_options options() {
    rollcall::testing::cluster_options result;
    result.settings.single_session = login_rules();
    result.links.allow_tell<offer>();
    result.prepare = [](caf::actor_system_config& settings) {
      settings.add_message_types<caf::id_block::arena>();
    };
    return result;
  }

  std::map<std::size_t, player_context_ptr> contexts_;
  int lives_ = 0;
};

} // namespace arena::test
