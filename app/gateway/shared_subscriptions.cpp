#include "app/gateway/shared_subscriptions.hpp"

#include "app/gateway/gateway_core.hpp"
#include "app/gateway/log_line.hpp"
#include "app/gateway/protocol.hpp"
#include "app/gateway/worker.hpp"
#include <rollcall/presence_json.hpp>

#include <caf/actor_config.hpp>
#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/make_actor.hpp>
#include <caf/sec.hpp>
#include <caf/type_erased_tuple.hpp>

#include <utility>

namespace rollcall::channels {

shared_subscription::shared_subscription(caf::actor_config& settings,
                                         std::shared_ptr<gateway_core> core,
                                         std::string topic)
    : caf::monitorable_actor{settings},
      core_{std::move(core)},
      topic_{std::move(topic)} {
}

void shared_subscription::enqueue(caf::mailbox_element_ptr element,
                                  caf::execution_unit*) {
  if (getf(is_terminated_flag) || element->mid.is_request()) {
    caf::detail::sync_request_bouncer bounce{
        caf::make_error(caf::sec::unexpected_message)};
    bounce(*element);
    return;
  }
  take(element->content());
}

void shared_subscription::take(const caf::type_erased_tuple& content) {
  if (content.size() != 1)
    return;
  if (content.match_element<diff_ptr>(0))
    take_diff(*content.get_as<diff_ptr>(0));
  else if (content.match_element<topic_event_ptr>(0))
    take_event(*content.get_as<topic_event_ptr>(0));
  else if (content.match_element<topic_snapshot_ptr>(0))
    take_snapshot();
}

void shared_subscription::take_snapshot() {
  std::uint64_t live = 0;
  {
    std::lock_guard guard{mutex_};
    if (std::exchange(is_live_, true))
      return;
    live = workers_;
  }
  for (std::size_t i = 0; i < core_->workers.size(); ++i)
    if (live >> i & 1)
      core_->workers[i]->post_live(topic_);
}

void shared_subscription::take_diff(const diff& change) {
  for (const auto kind : diff_kinds)
    if (targets(kind) != 0)
      post_diff(kind, change);
}

void shared_subscription::post_diff(diff_kind kind, const diff& change) {
  std::string text;
  if (kind == diff_kind::with_reasons)
    append_diff_json_with_reasons(text, change);
  else
    append_diff_json(text, change);
  text += ']';
  const auto payload = share(std::move(text));
  const auto to = targets(kind);
  for (std::size_t i = 0; i < core_->workers.size(); ++i)
    if (to >> i & 1)
      core_->workers[i]->post_diff(caf::actor_cast<caf::strong_actor_ptr>(this),
                                   this, kind, payload);
}

void shared_subscription::take_event(const topic_event& event) {
  if (targets() == 0)
    return;
  auto frame
      = encode_broadcast(topic_, event.event, {event.payload, event.is_binary});
  if (frame.problem != problem::none) {
    gateway_log(log_level::warning, "broadcast dropped: {} topic={} event={}",
                describe(frame.problem), topic_, event.event);
    return;
  }
  post({share(std::move(frame.bytes)), nullptr, frame.is_binary}, event.sender);
}

void shared_subscription::post(const outgoing& frame, std::uint64_t sender) {
  const auto to = targets();
  for (std::size_t i = 0; i < core_->workers.size(); ++i)
    if (to >> i & 1)
      core_->workers[i]->post_broadcast(
          caf::actor_cast<caf::strong_actor_ptr>(this), this, frame, sender);
}

std::uint64_t shared_subscription::targets() {
  std::lock_guard guard{mutex_};
  return workers_;
}

std::uint64_t shared_subscription::targets(diff_kind kind) {
  std::lock_guard guard{mutex_};
  return wanted_[static_cast<std::size_t>(kind)];
}

void shared_subscription::set_wanted(diff_kind kind, std::size_t worker_index,
                                     bool is_wanted) {
  const auto bit = std::uint64_t{1} << worker_index;
  std::lock_guard guard{mutex_};
  auto& workers = wanted_[static_cast<std::size_t>(kind)];
  workers = is_wanted ? workers | bit : workers & ~bit;
}

bool shared_subscription::add(std::size_t worker_index) {
  std::lock_guard guard{mutex_};
  workers_ |= std::uint64_t{1} << worker_index;
  return is_live_;
}

bool shared_subscription::remove(std::size_t worker_index) {
  std::lock_guard guard{mutex_};
  workers_ &= ~(std::uint64_t{1} << worker_index);
  return workers_ == 0;
}

void shared_subscription::close() {
  {
    std::lock_guard guard{mutex_};
    workers_ = 0;
    wanted_ = {};
  }
  cleanup(caf::exit_reason::normal, nullptr);
}

subscription_handle shared_subscriptions::enter(const std::string& topic,
                                                std::size_t worker_index,
                                                caf::execution_unit* context,
                                                bool& is_live) {
  // Locked while subscribing: enter and leave reach the shard in this order.
  std::lock_guard guard{mutex_};
  auto& found = topics_[topic];
  if (found.subscription) {
    is_live = found.subscription->add(worker_index);
    return found;
  }
  caf::actor_config settings;
  auto& system = core_.system;
  found.actor = caf::make_actor<shared_subscription, caf::actor>(
      system.next_actor_id(), system.node(), &system, settings,
      core_.shared_from_this(), topic);
  found.subscription = static_cast<shared_subscription*>(
      caf::actor_cast<caf::abstract_actor*>(found.actor));
  is_live = found.subscription->add(worker_index);
  // Each session gets the `list` of the moment when it joins.
  const auto problem = core_.who.subscribe(
      found.actor, topic, {.wants_passed = true, .context = context});
  if (!problem)
    return found;
  // Not kept: who joins next may have better luck.
  found.subscription->close();
  topics_.erase(topic);
  const auto code = code_of(problem);
  return {{}, nullptr, code == ec::none ? ec::shard_unavailable : code};
}

void shared_subscriptions::leave(const std::string& topic,
                                 std::size_t worker_index,
                                 caf::execution_unit* context) {
  std::lock_guard guard{mutex_};
  const auto found = topics_.find(topic);
  if (found == topics_.end()
      || !found->second.subscription->remove(worker_index))
    return;
  end(found->second, context);
  topics_.erase(found);
}

void shared_subscriptions::clear() {
  std::lock_guard guard{mutex_};
  for (const auto& [topic, which] : topics_)
    end(which, nullptr);
  topics_.clear();
}

std::size_t shared_subscriptions::size() const {
  std::lock_guard guard{mutex_};
  return topics_.size();
}

void shared_subscriptions::end(const subscription_handle& which,
                               caf::execution_unit* context) {
  core_.who.unsubscribe(which.actor, which.subscription->topic(), context);
  which.subscription->close();
}

} // namespace rollcall::channels
