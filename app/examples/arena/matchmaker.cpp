#include "app/examples/arena/matchmaker.hpp"

#include "app/examples/arena/messages.hpp"
#include "app/examples/arena/meta.hpp"

#include <caf/error.hpp>
#include <caf/make_message.hpp>

#include <fmt/format.h>

#include <utility>

namespace arena {

namespace {

constexpr std::chrono::milliseconds round_interval{200};

/// The clock of the actor system, which a test may move.
tick_time now_of(const matchmaker_actor* self) {
  return std::chrono::duration_cast<tick_time>(
      self->clock().now().time_since_epoch());
}

void see(waiting_room& room, const rollcall::entry& player, tick_time now) {
  const auto meta = read_lobby_meta(player.meta());
  if (meta && meta->status == player_status::idle)
    room.add(std::string{player.key()}, meta->rating, now);
  else
    room.remove(player.key());
}

void see(waiting_room& room, const rollcall::diff& change, tick_time now) {
  if (change.topic != lobby_topic)
    return;
  // An update is in both lists; whoever goes on to be idle keeps the place.
  for (std::size_t i = 0; i < change.leaves.size(); ++i)
    if (change.leave_reasons[i] != rollcall::leave_reason::updated)
      room.remove(change.leaves[i]->key());
  for (const auto& player : change.joins)
    see(room, *player, now);
}

bool is_first(const matchmaker_state& state) {
  const auto all = state.who.list(matchmakers_topic);
  return !all.empty() && all.begin()->key() == state.node;
}

void offer_match(matchmaker_state& state, const pairing& pair) {
  const auto match = fmt::format("{}{}-{}-{}", match_prefix, state.node,
                                 state.incarnation, ++state.matches);
  const std::string lobby{lobby_topic};
  // An offer that is lost costs its opponent a few seconds.
  static_cast<void>(state.who.tell(
      lobby, pair.first, caf::make_message(offer{match, pair.second, true})));
  static_cast<void>(state.who.tell(
      lobby, pair.second, caf::make_message(offer{match, pair.first, false})));
}

} // namespace

caf::behavior matchmaker(matchmaker_actor* self, rollcall::presence who,
                         std::string node, std::string incarnation) {
  auto& state = self->state;
  state.who = std::move(who);
  state.node = std::move(node);
  state.incarnation = std::move(incarnation);
  const auto end = [self](caf::error& wrong) { self->quit(std::move(wrong)); };
  state.who.track(self, std::string{matchmakers_topic}, state.node, "{}")
      .then([](const rollcall::tracked&) {}, end);
  state.who.subscribe(self, std::string{lobby_topic}).then([] {}, end);
  self->delayed_send(self, round_interval, round_v);
  return {
      [self](const rollcall::topic_snapshot_ptr& lobby) {
        for (const auto& player : lobby->presences)
          see(self->state.room, player, now_of(self));
      },
      [self](const rollcall::diff_ptr& change) {
        see(self->state.room, *change, now_of(self));
      },
      [](const rollcall::topic_event_ptr&) {},
      [self](arena::round) {
        self->delayed_send(self, round_interval, round_v);
        if (!is_first(self->state))
          return;
        for (const auto& pair : self->state.room.pair_up(now_of(self)))
          offer_match(self->state, pair);
      },
  };
}

} // namespace arena
