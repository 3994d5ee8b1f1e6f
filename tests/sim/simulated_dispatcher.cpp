#include "tests/sim/simulated_dispatcher.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <variant>

namespace rollcall::sim {

simulated_dispatcher::simulated_dispatcher(crdt::shard_core& core,
                                           const node_settings& settings,
                                           node_shard_host& host)
    : settings_{settings},
      core_{core},
      host_{host},
      batcher_{{settings.diff_window, settings.has_hooks}},
      own_{settings.subscribers_per_topic_max, settings.waiting} {
  for (auto& id : ids_)
    id = {++last_id_};
}

// -- the actor ----------------------------------------------------------------

void simulated_dispatcher::to_self(duration delay,
                                   simulated_time::action action) {
  if (!is_up_)
    return;
  host_.after(delay,
              [this, incarnation = incarnation_, action = std::move(action)] {
                if (is_up_ && incarnation == incarnation_)
                  action();
              });
}

void simulated_dispatcher::wake() {
  to_self(settings_.hook_time, [this] { work(); });
}

void simulated_dispatcher::start() {
  is_up_ = true;
  for (const auto id : batcher_.subscribers())
    monitor(id);
  wake();
}

void simulated_dispatcher::work() {
  is_done_ = false;
  do
    if (!deliver_all())
      return;
  while (take_batch());
  batcher_.close_windows(host_.now());
  if (!deliver_all())
    return;
  is_done_ = true;
  wait();
  if (is_quiet())
    check_views();
}

bool simulated_dispatcher::take_batch() {
  handles_.merge(newcomers_);
  newcomers_.clear();
  own_.taken();
  auto items = core_.take_items();
  const bool has_items = !items.empty();
  batcher_.put(std::move(items));
  return has_items;
}

/// @returns false if it crashed meanwhile.
bool simulated_dispatcher::deliver_all() {
  while (true) {
    if (deliveries_left_ && (*deliveries_left_)-- == 0) {
      deliveries_left_.reset();
      is_up_ = false;
      ++incarnation_;
      monitored_.clear();
      timers_ = {};
      host_.after(settings_.restart_after, [this] { start(); });
      return false;
    }
    const auto next = batcher_.next(host_.now());
    if (!next)
      return true;
    ++deliveries;
    std::visit([this](const auto& one) { deliver(one); }, *next);
  }
}

void simulated_dispatcher::wait() {
  const auto next = batcher_.next_deadline();
  if (!next)
    return;
  if (*next <= host_.now() || *next > host_.now() + settings_.diff_window)
    throw std::logic_error{"a window is not as long as it should be"};
  if (timers_.start(*next))
    to_self(*next - host_.now(), [this] {
      timers_.fired(host_.now());
      work();
    });
}

// -- what goes out ------------------------------------------------------------

void simulated_dispatcher::deliver(const crdt::snapshot_delivery& first) {
  if (first.is_new)
    monitor(first.to);
  const auto to = alive_.find(first.to);
  if (to != alive_.end())
    to->second.state.take(first);
}

void simulated_dispatcher::deliver(const crdt::diff_delivery& changed) {
  if (changed.runs_hooks)
    tell_hooks(changed);
  for (const auto id : changed.to)
    if (const auto to = alive_.find(id); to != alive_.end())
      to->second.state.take(changed, host_.now(), settings_.diff_window);
}

void simulated_dispatcher::tell_hooks(const crdt::diff_delivery& changed) {
  if (!settings_.has_hooks || changed.net.empty())
    throw std::logic_error{"hooks hear of nothing"};
  for (const auto& joined : changed.net.joins)
    if (!hooks_view_.insert(joined->dot()).second)
      throw std::logic_error{"hooks heard twice of a join"};
  for (const auto& left : changed.net.leaves)
    if (hooks_view_.erase(left->dot()) == 0)
      throw std::logic_error{"hooks heard of a leave of nobody"};
}

void simulated_dispatcher::deliver(const crdt::event_delivery& published) {
  const auto& one = *static_cast<const event*>(published.content.get());
  for (const auto id : published.to) {
    const auto to = alive_.find(id);
    if (to == alive_.end())
      continue;
    auto& last = to->second.last_event[one.topic];
    if (one.number <= last)
      throw std::logic_error{"an event came twice or out of order"};
    last = one.number;
  }
}

// -- subscribers --------------------------------------------------------------

bool simulated_dispatcher::subscribed(const std::string& topic,
                                      crdt::subscriber_id id) {
  if (!own_.subscribe(topic, id))
    return false;
  const bool is_passed_wanted = id == ids_[1] || id == ids_[3];
  const auto [where, is_new] = alive_.try_emplace(
      id, subscriber{simulated_subscriber{is_passed_wanted}, {}, {}});
  where->second.topics.try_emplace(topic, events_);
  newcomers_.insert(id);
  return true;
}

void simulated_dispatcher::unsubscribed(const std::string& topic,
                                        crdt::subscriber_id id) {
  own_.unsubscribe(topic, id);
  if (const auto found = alive_.find(id); found != alive_.end())
    found->second.topics.erase(topic);
}

void simulated_dispatcher::end_subscriber(std::size_t who) {
  const auto ended = std::exchange(ids_[who], crdt::subscriber_id{++last_id_});
  alive_.erase(ended);
  if (monitored_.contains(ended))
    to_self(duration{0}, [this, ended] { remove(ended); });
}

/// Whoever monitors an actor that has ended hears of its end at once.
void simulated_dispatcher::monitor(crdt::subscriber_id who) {
  if (!handles_.contains(who))
    return remove(who);
  monitored_.insert(who);
  if (std::find(ids_.begin(), ids_.end(), who) == ids_.end())
    to_self(duration{0}, [this, who] { remove(who); });
}

void simulated_dispatcher::remove(crdt::subscriber_id who) {
  monitored_.erase(who);
  handles_.erase(who);
  for (const auto& topic : batcher_.remove(who)) {
    core_.forget_subscriber(topic, who);
    own_.unsubscribe(topic, who);
  }
}

void simulated_dispatcher::serve(const std::string& topic, std::size_t who) {
  // What the queue merges is not among what passed any more: a known limit.
  if (settings_.waiting.changes_max < limits::waiting_changes_max)
    return;
  if (const auto found = alive_.find(ids_[who]); found != alive_.end())
    found->second.state.serve(topic, core_.list(topic));
}

simulated_dispatcher::numbered_event
simulated_dispatcher::next_event(const std::string& topic) {
  const bool is_passed_on = own_.publish();
  ++events_;
  if (is_passed_on)
    last_passed_on_[topic] = events_;
  return {std::make_shared<const event>(event{topic, events_}), is_passed_on};
}

// -- what there is to see -----------------------------------------------------

bool simulated_dispatcher::is_quiet() const {
  return is_up_ && is_done_ && core_.queue().size() == 0
         && !batcher_.next_deadline();
}

void simulated_dispatcher::check_views() {
  ++quiet_moments;
  for (const auto& [id, one] : alive_) {
    for (const auto& [topic, since] : one.topics)
      one.state.check(topic, core_.list(topic));
    check_events(one);
  }
  if (settings_.has_hooks && hooks_view_.size() != core_.set().size())
    throw std::logic_error{"the hooks do not know all that is shown"};
}

void simulated_dispatcher::check_events(const subscriber& one) const {
  for (const auto& [topic, since] : one.topics) {
    const auto newest = last_passed_on_.find(topic);
    if (newest == last_passed_on_.end() || newest->second <= since)
      continue;
    const auto heard = one.last_event.find(topic);
    if (heard == one.last_event.end() || heard->second != newest->second)
      throw std::logic_error{"a subscriber did not hear of an event"};
  }
}

std::optional<std::string> simulated_dispatcher::difference() {
  if (!is_quiet())
    return "a dispatcher is at work";
  check_views();
  std::size_t subscriptions = 0;
  for (const auto& [id, one] : alive_)
    subscriptions += one.topics.size();
  if (batcher_.subscriptions() != subscriptions)
    return "a subscription was lost, or is kept of nobody";
  if (!settings_.has_hooks && subscriptions == 0 && batcher_.topics() != 0)
    return "something is kept of a topic that nobody subscribed to";
  return std::nullopt;
}

} // namespace rollcall::sim
