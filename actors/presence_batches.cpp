// Writes of many presences in one call: each is a write for itself, on the one
// path that a write takes.
#include "actors/refusal_text.hpp"
#include "actors/request_check.hpp"
#include "actors/runtime.hpp"
#include "actors/send_in.hpp"
#include "rollcall/presence.hpp"

#include <fmt/core.h>

#include <utility>

namespace rollcall {

namespace {

/// Every `presence_batches` is part of a `presence`.
const presence& whole(const presence_batches& part) noexcept {
  return static_cast<const presence&>(part);
}

/// What is wrong with a batch as a whole.
caf::error check_batch(const std::shared_ptr<runtime>& node,
                       std::size_t count) {
  if (!node)
    return not_started();
  if (count > 0 && count <= limits::batch_items_max)
    return {}; // Each item says the rest.
  if (auto problem = node->check_open())
    return problem;
  if (count == 0)
    return {};
  return make_error(ec::too_large,
                    fmt::format("the batch has {} items; allowed: {}", count,
                                limits::batch_items_max));
}

/// Does a write for each item, whatever became of those before.
template <class Item, class Write>
caf::expected<batch_result> write_each(const std::shared_ptr<runtime>& node,
                                       const std::vector<Item>& items,
                                       Write write) {
  if (auto problem = check_batch(node, items.size()))
    return problem;
  batch_result result;
  result.items.reserve(items.size());
  for (const auto& item : items)
    result.items.push_back(write(item));
  return result;
}

} // namespace

caf::expected<batch_result>
presence_batches::do_track_many(const detail::caller& by,
                                const std::vector<track_item>& items) const {
  const auto& who = whole(*this);
  return write_each(who.impl_, items, [&](const track_item& item) {
    return who.do_track(by, item.topic, item.key, item.meta, item.options);
  });
}

caf::expected<batch_result>
presence_batches::do_update_many(const detail::caller& by,
                                 const std::vector<update_item>& items) const {
  const auto& who = whole(*this);
  return write_each(who.impl_, items, [&](const update_item& item) {
    return who.do_update(by, item.topic, item.key, meta_text{item.meta});
  });
}

caf::error presence_batches::do_untrack_many(
    const detail::caller& by, const std::vector<untrack_item>& items) const {
  const auto& who = whole(*this);
  if (auto problem = check_batch(who.impl_, items.size()))
    return problem;
  caf::error first;
  for (const auto& item : items) {
    auto problem = who.do_untrack(by, item.topic, item.key);
    if (problem && !first)
      first = std::move(problem);
  }
  return first;
}

caf::error presence_batches::do_end_topic(caf::execution_unit* context,
                                          const std::string& topic) const {
  const auto& node = whole(*this).impl_;
  if (!node)
    return not_started();
  auto& slot = node->slot_of(topic);
  if (auto problem = slot.check_open())
    return problem;
  if (auto problem = check_topic(topic)) {
    slot.table->count_refusal();
    return problem;
  }
  auto problem = node->end_topic(topic, context);
  if (const auto cluster = node->cluster())
    send_in(context, cluster, end_topic_request{topic});
  return problem;
}

// -- on any thread ------------------------------------------------------------

caf::expected<batch_result>
presence_batches::track_many(const caf::actor& owner,
                             const std::vector<track_item>& items) const {
  return do_track_many(owner, items);
}

caf::expected<batch_result>
presence_batches::update_many(const caf::actor& owner,
                              const std::vector<update_item>& items) const {
  return do_update_many(owner, items);
}

caf::error
presence_batches::untrack_many(const caf::actor& owner,
                               const std::vector<untrack_item>& items) const {
  return do_untrack_many(owner, items);
}

caf::error presence_batches::end_topic(const std::string& topic) const {
  return do_end_topic(nullptr, topic);
}

} // namespace rollcall
