#include "actors/dispatcher.hpp"

#include "actors/crash_log.hpp"

#include <caf/system_messages.hpp>

#include <algorithm>
#include <utility>

namespace rollcall {

void dispatcher_state::start(std::shared_ptr<dispatch_desk> desk) {
  desk_ = std::move(desk);
  desk_->hooks().start();
  for (const auto& subscriber : desk_->subscribers())
    self_->monitor(subscriber);
  self_->send(self_, atom::wake_v); // for what came while nobody was here
}

void dispatcher_state::work() {
  const auto now = self_->clock().now();
  // Without a sender: one who has no handler for it answers the sender with an
  // error, and this actor must not end by that.
  desk_->work(
      now, [this](const caf::strong_actor_ptr& to, const caf::message& what) {
        to->enqueue(nullptr, caf::make_message_id(), what, self_->context());
      });
  for (const auto& newcomer : desk_->take_newcomers())
    self_->monitor(newcomer);
  const auto next = desk_->next_deadline();
  if (!next || !timers_.start(next->time_since_epoch()))
    return;
  self_->delayed_send(self_,
                      std::max(*next - now, caf::actor_clock::duration_type{0}),
                      atom::window_v);
}

void dispatcher_state::window_ended() {
  timers_.fired(self_->clock().now().time_since_epoch());
  work();
}

void dispatcher_state::subscriber_ended(const caf::down_msg& message) {
  desk_->remove(message.source);
}

dispatcher_actor::behavior_type
dispatcher(dispatcher_actor::stateful_pointer<dispatcher_state> self,
           std::shared_ptr<dispatch_desk> desk) {
  self->state.start(std::move(desk));
  self->set_down_handler([self](caf::down_msg& message) {
    self->state.subscriber_ended(message);
  });
  self->set_exception_handler([](std::exception_ptr& problem) {
    return log_crash(dispatcher_state::name, problem);
  });
  return {
      [self](atom::wake) { self->state.work(); },
      [self](atom::window) { self->state.window_ended(); },
  };
}

} // namespace rollcall
