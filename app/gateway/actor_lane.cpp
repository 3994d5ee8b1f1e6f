#include "app/gateway/actor_lane.hpp"

#include <caf/scheduled_actor.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/system_messages.hpp>

#include <boost/asio/post.hpp>

#include <string_view>

namespace rollcall::channels {

namespace {

/// Whether it is one of ours, of which we know that it never blocks.
bool may_run_here(const caf::resumable& which) {
  if (which.subtype() != caf::resumable::scheduled_actor)
    return false;
  const auto& actor = static_cast<const caf::scheduled_actor&>(which);
  return std::string_view{actor.name()}.starts_with("rollcall.");
}

} // namespace

actor_lane::~actor_lane() {
  for (auto* each : waiting_)
    hand_over(each);
}

void actor_lane::exec_later(caf::resumable* which) {
  if (!may_run_here(*which)) {
    hand_over(which);
    return;
  }
  waiting_.push_back(which);
  if (is_running_ || std::exchange(is_posted_, true))
    return;
  boost::asio::post(home_, [this] {
    is_posted_ = false;
    run();
  });
}

void actor_lane::run() {
  is_running_ = true;
  // What takes its turn may add others.
  for (std::size_t i = 0; i < waiting_.size(); ++i)
    if (i < turns_max)
      take_turn(waiting_[i]);
    else
      hand_over(waiting_[i]);
  waiting_.clear();
  is_running_ = false;
}

void actor_lane::take_turn(caf::resumable* which) {
  if (which->resume(this, messages_max) == caf::resumable::resume_later)
    hand_over(which);
  else
    caf::intrusive_ptr_release(which);
}

void actor_lane::hand_over(caf::resumable* which) {
  system().scheduler().enqueue(which);
}

void actor_lane::send_exit(const caf::actor& to, caf::exit_reason why) {
  to->enqueue(caf::make_mailbox_element(
                  nullptr, caf::make_message_id(caf::message_priority::high),
                  {}, caf::exit_msg{to->address(), why}),
              this);
}

} // namespace rollcall::channels
