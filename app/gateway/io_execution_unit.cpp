#include "app/gateway/io_execution_unit.hpp"

#include <rollcall/nonblocking.hpp>

#include <caf/scheduled_actor.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/system_messages.hpp>

#include <boost/asio/post.hpp>

namespace rollcall::channels {

namespace {

bool may_run_here(const caf::resumable& which) {
  return which.subtype() == caf::resumable::scheduled_actor
         && never_blocks(static_cast<const caf::scheduled_actor&>(which));
}

} // namespace

io_execution_unit::~io_execution_unit() {
  for (auto* each : waiting_)
    hand_over(each);
}

void io_execution_unit::exec_later(caf::resumable* which) {
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

void io_execution_unit::run() {
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

void io_execution_unit::take_turn(caf::resumable* which) {
  if (which->resume(this, messages_max) == caf::resumable::resume_later)
    hand_over(which);
  else
    caf::intrusive_ptr_release(which);
}

void io_execution_unit::hand_over(caf::resumable* which) {
  system().scheduler().enqueue(which);
}

void io_execution_unit::send_exit(const caf::actor& to, caf::error why) {
  to->enqueue(caf::make_mailbox_element(
                  nullptr, caf::make_message_id(caf::message_priority::high),
                  {}, caf::exit_msg{to->address(), std::move(why)}),
              this);
}

} // namespace rollcall::channels
