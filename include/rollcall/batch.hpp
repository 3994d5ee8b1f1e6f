#pragma once

#include "rollcall/answer.hpp"
#include "rollcall/types.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/execution_unit.hpp>
#include <caf/expected.hpp>

#include <algorithm>
#include <string>
#include <vector>

/// Writes of many presences in one call.
namespace rollcall {

/// One presence of `track_many`. A struct becomes a meta's text by `to_meta`.
struct track_item {
  std::string topic;          ///< Where.
  std::string key;            ///< Who.
  std::string meta = "{}";    ///< A JSON object.
  track_options options = {}; ///< As those of `track`.
};

/// One presence of `update_many`, and its new meta.
struct update_item {
  std::string topic; ///< Where.
  std::string key;   ///< Who.
  std::string meta;  ///< A JSON object.
};

/// One presence of `untrack_many`.
struct untrack_item {
  std::string topic; ///< Where.
  std::string key;   ///< Who.
};

/// What `track_many` and `update_many` answer.
struct batch_result {
  /// What the call for each item would have answered, in their order.
  std::vector<caf::expected<tracked>> items;

  /// Whether none was refused.
  [[nodiscard]] bool is_complete() const {
    return std::all_of(items.begin(), items.end(),
                       [](const auto& one) { return static_cast<bool>(one); });
  }
};

} // namespace rollcall

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::batch_result)

namespace rollcall {

/// The calls of a `presence` that write many presences, in both forms.
class presence_batches {
public:
  // -- inside an actor --------------------------------------------------------

  /// As a `track` for each item, in order, with one answer: an item that is
  /// refused changes nothing about the others.
  ///
  /// @returns a response handle for `batch_result`.
  /// Errors: `not_started`; `too_large` for more than `limits::batch_items_max`
  ///         items, of which none is tracked; before that, and for no items,
  ///         `shard_unavailable`. All others stand with the item.
  template <class Self>
  auto track_many(Self* self, const std::vector<track_item>& items) const {
    return detail::answer(self, do_track_many(self, items));
  }

  /// As an `update` for each item, like `track_many`.
  template <class Self>
  auto update_many(Self* self, const std::vector<update_item>& items) const {
    return detail::answer(self, do_update_many(self, items));
  }

  /// As an `untrack` for each item.
  ///
  /// @returns a response handle for nothing: `.then([] {})`.
  /// Errors: as `track_many`; or the first error of an item, and the others are
  ///         ended.
  template <class Self>
  auto untrack_many(Self* self, const std::vector<untrack_item>& items) const {
    return detail::answer(self, do_untrack_many(self, items));
  }

  /// As `end_topic` on any thread, without a switch of threads.
  template <class Self>
  caf::error end_topic(Self* self, const std::string& topic) const {
    return do_end_topic(self->context(), topic);
  }

  // -- on any thread ----------------------------------------------------------

  /// For an owner, as the calls inside it.
  ///@{
  caf::expected<batch_result>
  track_many(const caf::actor& owner,
             const std::vector<track_item>& items) const;
  caf::expected<batch_result>
  update_many(const caf::actor& owner,
              const std::vector<update_item>& items) const;
  caf::error untrack_many(const caf::actor& owner,
                          const std::vector<untrack_item>& items) const;
  ///@}

  /// Ends all presences of a topic, with the reason `kicked`, whoever owns
  /// them, those that linger included. What this node has there when the call
  /// begins has ended when it returns; what the nodes that this one is
  /// connected to have when they hear of it ends soon after. A node that is cut
  /// off keeps its own. Owners live on, are told nothing, and may track again:
  /// what is tracked while a topic ends may end with it or stay.
  ///
  /// It takes a microsecond or so for each presence of this node, and lets
  /// other writes in between.
  ///
  /// Errors: `invalid_topic`; `shard_unavailable`, also if the node stops
  ///         meanwhile: then some may be left.
  caf::error end_topic(const std::string& topic) const;

protected:
  /// A part of a `presence`, and never by itself.
  ~presence_batches() = default;

private:
  caf::expected<batch_result>
  do_track_many(const detail::caller& by,
                const std::vector<track_item>& items) const;
  caf::expected<batch_result>
  do_update_many(const detail::caller& by,
                 const std::vector<update_item>& items) const;
  caf::error do_untrack_many(const detail::caller& by,
                             const std::vector<untrack_item>& items) const;
  caf::error do_end_topic(caf::execution_unit* context,
                          const std::string& topic) const;
};

} // namespace rollcall
