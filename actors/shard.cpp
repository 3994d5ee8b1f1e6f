#include "actors/shard.hpp"

#include "actors/cluster/peer_check.hpp"
#include "actors/crash_log.hpp"
#include "crdt/shard/flush_round.hpp"
#include "rollcall/error.hpp"
#include "rollcall/log.hpp"

#include <fmt/core.h>

#include <span>
#include <stdexcept>
#include <utility>

namespace rollcall {

namespace {

void complain(const std::string& peer, std::string_view why) {
  log(log_level::warning, "rollcall.replication",
      fmt::format("{} sent an interval that is no good: {}", peer, why));
}

} // namespace

void shard_state::start(shard_links links) {
  links_ = std::move(links);
  wait();
}

void shard_state::publish(topic_event_ptr& event) {
  if (event)
    wake_dispatcher(links_.table->publish(std::move(event)).wakes_dispatcher);
}

void shard_state::take(const replication_input_ptr& input) {
  if (!input) // A bug of ours: let it crash, the supervisor mends it.
    throw std::invalid_argument{"a replication input without content"};
  links_.routes->learn(*input);
  if (const auto* arrived = std::get_if<crdt::interval_arrived>(&input->input))
    take_interval(*arrived);
  else
    settle(links_.table->take(input->input, tick_of(self_->clock().now())));
}

/// Reads and checks an interval before the table is locked.
void shard_state::take_interval(const crdt::interval_arrived& arrived) {
  crdt::interval interval;
  const auto unread
      = wire::decode(std::as_bytes(std::span{arrived.content()}), interval);
  if (unread != wire::decode_error::none)
    return complain(arrived.peer, wire::to_string(unread));
  if (const auto problem = check(interval))
    return complain(arrived.peer, describe(problem));
  const auto outcome
      = links_.table->received(arrived.peer, interval, arrived.packet.size(),
                               tick_of(self_->clock().now()));
  if (outcome.result == crdt::apply_result::malformed)
    complain(arrived.peer, "it contradicts itself");
  settle(outcome);
}

void shard_state::settle(const shard_table::interval_outcome& outcome) {
  wake_dispatcher(outcome.wakes_dispatcher);
  links_.watches->changed(outcome.told_to, outcome.changed, self_->context());
  if (!outcome.replaced.empty())
    links_.tell_replaced(outcome.replaced);
  for (const auto& question : outcome.questions) {
    std::string bytes;
    wire::encode(wire::request{links_.table->shard_index(), question.replica,
                               question.known},
                 bytes);
    links_.routes->send(question.peer, std::move(bytes));
  }
  links_.routes->hurry_reports(outcome.reports_due);
  wait();
}

void shard_state::wake_dispatcher(bool has_work) {
  if (has_work)
    self_->send(links_.dispatcher(), atom::wake_v);
}

void shard_state::look_after() {
  links_.wake_up->clear(); // First: what comes from now on is told again.
  for (int i = 0; i < inputs_max; ++i) {
    const auto input = links_.inbox->next();
    if (!input)
      return wait();
    take(*input);
  }
  if (links_.wake_up->raise()) // Timers have a turn before the rest.
    self_->send(self_, atom::written_v);
  wait();
}

void shard_state::wake() {
  const auto now = self_->clock().now();
  timers_.fired(now.time_since_epoch());
  links_.tick(tick_of(now), self_->context());
  const auto send = [this](const std::string& peer, const std::string& bytes) {
    links_.routes->send(peer, bytes);
  };
  // One round a message: a long transfer lets callers in between, and so does
  // the end of a large topic, which is one step a message.
  if (crdt::flush_round(*links_.table, links_.table->shard_index(),
                        tick_of(now), send))
    self_->send(self_, atom::wake_v);
  else
    wait();
}

void shard_state::wait() {
  const auto next = links_.table->next_wake_up();
  if (!next || !timers_.start(*next))
    return;
  const auto pause = *next - self_->clock().now().time_since_epoch();
  if (pause.count() <= 0)
    self_->send(self_, atom::wake_v);
  else
    self_->delayed_send(self_, pause, atom::wake_v);
}

shard_actor::behavior_type
shard(shard_actor::stateful_pointer<shard_state> self, shard_links links) {
  self->state.start(std::move(links));
  self->set_exception_handler([](std::exception_ptr& problem) {
    return log_crash(shard_state::name, problem);
  });
  return {
      [self](topic_event_ptr& event) { self->state.publish(event); },
      [self](atom::wake) { self->state.wake(); },
      [self](atom::written) { self->state.look_after(); },
  };
}

} // namespace rollcall
