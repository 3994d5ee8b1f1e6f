// The session as the rules see it: what becomes of its channels.
#include "app/gateway/callback.hpp"
#include "app/gateway/client_impl.hpp"
#include "app/gateway/gateway_core.hpp"
#include "app/gateway/json_text.hpp"
#include "app/gateway/log_line.hpp"
#include "app/gateway/push_turns.hpp"
#include "app/gateway/session.hpp"
#include "app/gateway/session_credit.hpp"
#include <rollcall/error.hpp>

#include <caf/exit_reason.hpp>

#include <utility>

namespace rollcall::channels {

namespace {

live_channel& live(channel& which) noexcept {
  return static_cast<live_channel&>(which);
}

} // namespace

void session::send(encoded frame) {
  if (frame.problem != problem::none) {
    gateway_log(log_level::error, "frame dropped: {}", describe(frame.problem));
    return;
  }
  send_message({share(std::move(frame.bytes)), nullptr, frame.is_binary});
}

bool session::serves(std::string_view topic) {
  return home_.core().find(topic) != nullptr;
}

bool session::admits_join() {
  return home_.admit_join();
}

std::optional<std::string> session::renew(const body& payload) {
  const auto& decide = home_.core().renew;
  if (!decide)
    return std::nullopt;
  const auto token = payload.is_binary
                         ? std::nullopt
                         : string_member(payload.bytes, "access_token");
  if (!token)
    return "the payload has no string access_token";
  connect_result decision;
  if (!run_callback(home_, "on_renew",
                    [&] { decision = decide(*who_.connection, *token); }))
    return "the application failed";
  if (!decision.is_accepted)
    return decision.body.empty() ? "the token is refused" : decision.body;
  if (decision.session_id != who_.id)
    return "the token is for somebody else";
  assigns_->set(std::move(decision.assigns));
  who_.expires_at = steady_time(decision.expires_at);
  return std::string{};
}

std::unique_ptr<channel> session::make_channel() {
  auto made = std::make_unique<live_channel>();
  made->id = ++home_.core().last_channel_id;
  made->owner = this;
  made->started = clock::now();
  home_.counts().channels.add(1);
  return made;
}

std::string_view session::start(channel& which, body params) {
  auto& fresh = live(which);
  // Subscribe first: what the channel tracks must come back as a diff.
  const auto used = home_.use_topic(fresh.topic);
  fresh.place = used.place;
  if (!fresh.place)
    return to_string(used.problem);
  auto impl = std::make_shared<client::impl>(home_.shared_from_this(),
                                             weak_from_this(), assigns_, fresh);
  auto request = std::make_shared<rollcall::join>();
  request->topic = fresh.topic;
  request->params = {std::move(params.bytes), params.is_binary};
  request->connection = who_.connection;
  request->assigns = assigns_->get();
  request->client = client{impl};
  request->io_thread = &home_.io_unit();
  const auto& make = *home_.core().find(fresh.topic);
  if (!run_callback(home_, "channel",
                    [&] { fresh.actor = make(home_.core().system, request); }))
    return crashed;
  if (!fresh.actor)
    return crashed;
  fresh.actor->attach_functor(
      [impl = std::move(impl)](const caf::error& reason) {
        impl->end(reason);
      });
  return {};
}

void session::enter(channel& which, presence_view view) {
  auto& fresh = live(which);
  home_.counts().joined_after(clock::now() - fresh.started);
  home_.add_member(fresh, view);
}

void session::deliver(channel& which, message message) {
  if (!credit_)
    credit_ = std::make_shared<session_credit>(home_.shared_from_this(),
                                               weak_from_this());
  channel_event_ptr event
      = std::make_shared<credited_event>(credit_, std::move(message));
  home_.io_unit().send(live(which).actor, std::move(event));
}

void session::leave(channel& which) {
  auto& gone = live(which);
  home_.remove_member(gone);
  home_.io_unit().send(gone.actor, channel_leave{});
  home_.kill_later(gone.actor);
}

void session::release(channel& which, bool is_ended) {
  auto& gone = live(which);
  home_.remove_member(gone);
  if (gone.place)
    home_.release_topic(*gone.place);
  home_.counts().channels.subtract(1);
  if (turns_)
    turns_->forget(gone.id);
  if (!gone.actor || is_ended)
    return;
  home_.io_unit().send_exit(
      gone.actor, is_kicked_ ? make_error(ec::kicked)
                             : caf::error{caf::exit_reason::user_shutdown});
  home_.kill_later(gone.actor);
}

void session::count(refusal why) {
  home_.counts().refuse(why);
}

void session::count_crash() {
  home_.counts().channel_crashes.add(1);
}

} // namespace rollcall::channels
