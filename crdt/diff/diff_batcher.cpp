#include "crdt/diff/diff_batcher.hpp"

#include <algorithm>
#include <cassert>
#include <span>
#include <utility>

namespace rollcall::crdt {

void diff_batcher::put(std::vector<dispatch_item> batch) {
  assert(items_done_ == items_.size());
  items_ = std::move(batch);
  items_done_ = 0;
}

std::optional<delivery> diff_batcher::next(tick_time now) {
  while (out_.empty() && items_done_ < items_.size())
    std::visit([&](auto& item) { take_in(item, now); }, items_[items_done_++]);
  if (out_.empty())
    return std::nullopt;
  std::optional<delivery> result{std::move(out_.front())};
  out_.pop_front();
  return result;
}

std::optional<tick_time> diff_batcher::next_deadline() const {
  if (deadlines_.empty())
    return std::nullopt;
  return deadlines_.begin()->first;
}

// -- what comes in ------------------------------------------------------------

diff_batcher::topic_batch& diff_batcher::batch_for(const std::string& topic) {
  auto& result = topics_[topic];
  if (result.name.empty())
    result.name = topic;
  return result;
}

void diff_batcher::drop_if_unused(topic_batch& batch) {
  if (batch.members.empty() && !batch.is_scheduled && batch.waiting.empty())
    topics_.erase(std::string{batch.name});
}

void diff_batcher::take_in(change& changed, tick_time now) {
  const auto& name = changed.topic->name();
  const auto found = topics_.find(name);
  if (found == topics_.end() && !settings_.has_hooks)
    return; // Its last subscriber went while this was on the way.
  auto& batch = found == topics_.end() ? batch_for(name) : found->second;
  const bool is_leave = !changed.after;
  batch.waiting.push_back(std::move(changed));
  if (settings_.window.count() != 0) {
    schedule(batch, is_leave, now);
    return;
  }
  flush(batch, now);
  drop_if_unused(batch); // It may be here for the hooks alone.
}

void diff_batcher::take_in(subscriber_joined& joined, tick_time) {
  auto& batch = batch_for(joined.topic);
  unsubscribe(batch, joined.subscriber); // It starts anew if it was there.
  const auto [record, is_new] = records_.try_emplace(joined.subscriber);
  record->second.insert(&batch);
  batch.members.push_back(
      {joined.subscriber, batch.waiting.size(), joined.wants_passed});
  ++subscriptions_;
  out_.push_back(snapshot_delivery{std::move(joined.topic),
                                   std::move(joined.presences),
                                   joined.subscriber, is_new});
}

void diff_batcher::take_in(subscriber_left& left, tick_time) {
  const auto found = topics_.find(left.topic);
  if (found == topics_.end())
    return;
  unsubscribe(found->second, left.subscriber);
  drop_if_unused(found->second);
}

void diff_batcher::take_in(published_event& event, tick_time) {
  const auto found = topics_.find(event.topic);
  if (found == topics_.end() || found->second.members.empty())
    return;
  event_delivery out{std::move(event.content), {}};
  for (const auto& each : found->second.members)
    out.to.push_back(each.id);
  out_.push_back(std::move(out));
}

// -- windows ------------------------------------------------------------------

/// A join in a topic that was quiet goes out with this batch. A leave always
/// waits, since whoever reconnects at once should be seen as an update.
void diff_batcher::schedule(topic_batch& batch, bool is_leave, tick_time now) {
  const bool is_quiet
      = !batch.last_flush || now - *batch.last_flush >= settings_.window;
  if (!is_leave && is_quiet) {
    if (!std::exchange(batch.is_due, true))
      due_.push_back(&batch);
    return;
  }
  if (std::exchange(batch.is_scheduled, true))
    return;
  const auto start = is_leave || !batch.last_flush ? now : *batch.last_flush;
  deadlines_.emplace(start + settings_.window, &batch);
}

void diff_batcher::close_windows(tick_time now) {
  for (auto* batch : std::exchange(due_, {})) {
    batch->is_due = false;
    flush(*batch, now);
    drop_if_unused(*batch);
  }
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    auto* batch = deadlines_.begin()->second;
    deadlines_.erase(deadlines_.begin());
    batch->is_scheduled = false;
    flush(*batch, now);
    drop_if_unused(*batch);
  }
}

// -- what goes out ------------------------------------------------------------

void diff_batcher::flush(topic_batch& batch, tick_time now) {
  if (batch.waiting.empty())
    return;
  send_diff(batch);
  for (auto& each : batch.members)
    if (each.known != 0)
      send_rest(batch, each);
  batch.waiting.clear();
  batch.last_flush = now;
}

/// To the hooks, and to everybody whose snapshot had none of what waited.
void diff_batcher::send_diff(const topic_batch& batch) {
  auto net = net_of(batch.waiting);
  if (net.empty() && !net.concerns_snapshots())
    return;
  ++diffs_;
  diff_delivery out{batch.name, std::move(net), {}, false};
  out.runs_hooks = settings_.has_hooks && !out.net.empty();
  for (const auto& each : batch.members)
    if (each.known == 0 && (each.wants_passed || !out.net.empty()))
      out.to.push_back(each.id);
  if (out.runs_hooks || !out.to.empty())
    out_.push_back(std::move(out));
}

/// To one whose snapshot had some of what waited: only what came after.
void diff_batcher::send_rest(const topic_batch& batch, member& newcomer) {
  const auto known = std::exchange(newcomer.known, 0);
  auto net = net_of(std::span{batch.waiting}.subspan(known));
  if (net.empty() && !(newcomer.wants_passed && net.concerns_snapshots()))
    return;
  out_.push_back(
      diff_delivery{batch.name, std::move(net), {newcomer.id}, false});
}

// -- who goes -----------------------------------------------------------------

void diff_batcher::unsubscribe(topic_batch& batch, subscriber_id who) {
  const auto removed = std::erase_if(
      batch.members, [&](const member& each) { return each.id == who; });
  if (removed == 0)
    return;
  subscriptions_ -= removed;
  const auto record = records_.find(who);
  if (record != records_.end())
    record->second.erase(&batch);
}

std::vector<std::string> diff_batcher::remove(subscriber_id ended) {
  std::vector<std::string> result;
  const auto record = records_.find(ended);
  if (record == records_.end())
    return result;
  const auto batches = std::move(record->second);
  records_.erase(record);
  for (auto* batch : batches) {
    result.push_back(batch->name);
    unsubscribe(*batch, ended);
    drop_if_unused(*batch);
  }
  return result;
}

std::vector<subscriber_id> diff_batcher::subscribers() const {
  std::vector<subscriber_id> result;
  result.reserve(records_.size());
  for (const auto& [id, topics] : records_)
    result.push_back(id);
  return result;
}

} // namespace rollcall::crdt
