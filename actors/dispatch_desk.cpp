#include "actors/dispatch_desk.hpp"

#include "crdt/net_changes.hpp"

#include <caf/make_message.hpp>

#include <algorithm>
#include <utility>

namespace rollcall {

dispatch_desk::dispatch_desk(std::shared_ptr<diff_queue> queue,
                             std::chrono::milliseconds window,
                             hooks_factory make_hooks, unwatch_function unwatch)
    : queue_{std::move(queue)},
      window_{window},
      hooks_{std::move(make_hooks)},
      unwatch_{std::move(unwatch)} {
}

void dispatch_desk::work(time_point now, const deliver_function& deliver) {
  now_ = now;
  deliver_ = &deliver;
  do {
    while (batch_done_ < batch_.size())
      std::visit([this](auto& item) { take_in(item); }, batch_[batch_done_++]);
    batch_ = queue_->take();
    batch_done_ = 0;
  } while (!batch_.empty());
  flush_due();
}

std::optional<dispatch_desk::time_point> dispatch_desk::next_deadline() const {
  if (deadlines_.empty())
    return std::nullopt;
  return deadlines_.begin()->first;
}

// -- what comes in ------------------------------------------------------------

dispatch_desk::topic_desk& dispatch_desk::desk_for(const std::string& topic) {
  auto& result = topics_[topic];
  if (result.name.empty())
    result.name = topic;
  return result;
}

void dispatch_desk::drop_if_unused(topic_desk& desk) {
  if (desk.subscribers.empty() && !desk.is_scheduled && desk.waiting.empty())
    topics_.erase(std::string{desk.name});
}

void dispatch_desk::take_in(crdt::change& what) {
  const auto& name = what.topic->name();
  const auto found = topics_.find(name);
  if (found == topics_.end() && !hooks_.is_active())
    return; // its last subscriber went while this was on the way
  auto& desk = found == topics_.end() ? desk_for(name) : found->second;
  const bool is_leave = !what.after;
  desk.waiting.push_back(std::move(what));
  if (window_.count() != 0) {
    schedule(desk, is_leave);
    return;
  }
  flush(desk);
  drop_if_unused(desk); // It may be here for the hooks alone.
}

void dispatch_desk::take_in(subscriber_joined& what) {
  auto& desk = desk_for(what.topic);
  unsubscribe(desk, what.subscriber); // it starts anew if it was there
  auto& record = subscribers_[what.subscriber->address()];
  if (!record.handle) {
    record.handle = what.subscriber;
    newcomers_.push_back(what.subscriber);
  }
  record.topics.insert(&desk);
  desk.subscribers.push_back(
      {what.subscriber, desk.waiting.size(), what.wants_passed});
  subscriptions_.fetch_add(1, std::memory_order_relaxed);
  auto first = std::make_shared<topic_snapshot>();
  first->topic = what.topic;
  if (hooks_.is_active())
    first->extra = hooks_.fetch(what.topic, by_key(what.presences));
  first->presences = std::move(what.presences);
  (*deliver_)(what.subscriber,
              caf::make_message(topic_snapshot_ptr{std::move(first)}));
}

void dispatch_desk::take_in(subscriber_left& what) {
  const auto found = topics_.find(what.topic);
  if (found == topics_.end())
    return;
  unsubscribe(found->second, what.subscriber);
  drop_if_unused(found->second);
}

void dispatch_desk::take_in(topic_event_ptr& what) {
  const auto found = topics_.find(what->topic);
  if (found == topics_.end())
    return;
  const auto message = caf::make_message(std::move(what));
  for (const auto& member : found->second.subscribers)
    (*deliver_)(member.handle, message);
}

// -- windows ------------------------------------------------------------------

/// A join in a topic that was quiet goes out with this batch; a leave always
/// waits, since whoever reconnects at once should be seen as an update.
void dispatch_desk::schedule(topic_desk& desk, bool is_leave) {
  const bool is_quiet = !desk.last_flush || now_ - *desk.last_flush >= window_;
  if (!is_leave && is_quiet) {
    if (std::find(due_.begin(), due_.end(), &desk) == due_.end())
      due_.push_back(&desk);
    return;
  }
  if (std::exchange(desk.is_scheduled, true))
    return;
  const auto start = is_leave || !desk.last_flush ? now_ : *desk.last_flush;
  deadlines_.emplace(start + window_, &desk);
}

void dispatch_desk::flush_due() {
  for (auto* desk : std::exchange(due_, {})) {
    flush(*desk);
    drop_if_unused(*desk);
  }
  while (!deadlines_.empty() && deadlines_.begin()->first <= now_) {
    auto* desk = deadlines_.begin()->second;
    deadlines_.erase(deadlines_.begin());
    desk->is_scheduled = false;
    flush(*desk);
    drop_if_unused(*desk);
  }
}

// -- what goes out ------------------------------------------------------------

void dispatch_desk::flush(topic_desk& desk) {
  if (desk.waiting.empty())
    return;
  if (auto change = diff_of(desk, 0)) {
    if (!change->joins.empty() || !change->leaves.empty())
      hooks_.run(*change);
    send_diff(desk, std::move(change));
    diffs_.fetch_add(1, std::memory_order_relaxed);
  }
  for (auto& member : desk.subscribers)
    if (member.known != 0)
      send_rest(desk, member);
  desk.waiting.clear();
  desk.last_flush = now_;
}

/// The net effect of what waits, but for the first `known` changes; null if
/// there is none.
std::shared_ptr<diff> dispatch_desk::diff_of(const topic_desk& desk,
                                             std::size_t known) {
  auto net = crdt::net_of(std::span{desk.waiting}.subspan(known));
  if (net.empty() && net.passed.empty())
    return nullptr;
  auto result = std::make_shared<diff>();
  result->topic = desk.name;
  result->joins = std::move(net.joins);
  result->leaves = std::move(net.leaves);
  result->passed = std::move(net.passed);
  return result;
}

void dispatch_desk::send_diff(const topic_desk& desk,
                              std::shared_ptr<const diff> change) {
  const bool is_only_passed = change->joins.empty() && change->leaves.empty();
  const auto message = caf::make_message(diff_ptr{std::move(change)});
  for (const auto& member : desk.subscribers)
    if (member.known == 0 && (member.wants_passed || !is_only_passed))
      (*deliver_)(member.handle, message);
}

/// To one whose snapshot had some of what waited: only what came after.
void dispatch_desk::send_rest(const topic_desk& desk, subscriber& newcomer) {
  auto rest = diff_of(desk, std::exchange(newcomer.known, 0));
  if (!rest
      || (!newcomer.wants_passed && rest->joins.empty()
          && rest->leaves.empty()))
    return;
  if (hooks_.is_active()) {
    rest->joins_extra = hooks_.fetch(rest->topic, by_key(rest->joins));
    rest->leaves_extra = hooks_.fetch(rest->topic, by_key(rest->leaves));
  }
  (*deliver_)(newcomer.handle, caf::make_message(diff_ptr{std::move(rest)}));
}

// -- who goes -----------------------------------------------------------------

void dispatch_desk::unsubscribe(topic_desk& desk,
                                const caf::strong_actor_ptr& who) {
  const auto removed
      = std::erase_if(desk.subscribers, [&](const subscriber& member) {
          return member.handle == who;
        });
  if (removed == 0)
    return;
  subscriptions_.fetch_sub(removed, std::memory_order_relaxed);
  const auto record = subscribers_.find(who->address());
  if (record != subscribers_.end())
    record->second.topics.erase(&desk);
}

void dispatch_desk::remove(const caf::actor_addr& ended) {
  const auto record = subscribers_.find(ended);
  if (record == subscribers_.end())
    return;
  const auto handle = record->second.handle;
  const auto topics = std::move(record->second.topics);
  subscribers_.erase(record);
  for (auto* desk : topics) {
    unwatch_(desk->name, ended);
    unsubscribe(*desk, handle);
    drop_if_unused(*desk);
  }
}

std::vector<caf::strong_actor_ptr> dispatch_desk::take_newcomers() {
  return std::exchange(newcomers_, {});
}

std::vector<caf::strong_actor_ptr> dispatch_desk::subscribers() const {
  std::vector<caf::strong_actor_ptr> result;
  for (const auto& [address, record] : subscribers_)
    result.push_back(record.handle);
  return result;
}

} // namespace rollcall
