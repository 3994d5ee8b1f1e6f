#pragma once

#include "app/node/waiting_counts.hpp"
#include "app/node/waiting_ranges.hpp"
#include <rollcall/follow.hpp>
#include <rollcall/gateway.hpp>
#include <rollcall/topic_counts.hpp>
#include <rollcall/topic_range.hpp>

#include <cstddef>
#include <memory>

/// What the built-in channel is told of others, as its client hears it.
namespace rollcall::node {

/// `follow:state`.
/// @param who tells when those who are offline were last seen.
void push(const client& to, const presence& who, const follow_state& told);

/// `follow:diff`.
void push(const client& to, const came_online& told);
void push(const client& to, const went_offline& told);

/// What waits until nothing else does for the client.
struct waiting_pushes {
  waiting_counts counts;
  waiting_ranges ranges;
  bool was_count = false; ///< What was pushed last: they take turns.

  [[nodiscard]] bool empty() const noexcept {
    return counts.empty() && ranges.empty();
  }

  /// How much it is, roughly.
  [[nodiscard]] std::size_t bytes() const noexcept {
    return counts.bytes() + ranges.bytes();
  }
};

/// Null if nothing waits.
using pushes_to_come = std::unique_ptr<waiting_pushes>;

/// `presence_counts`, as soon as what came before is on its way; several of
/// them, if there are many topics.
void push(const client& to, pushes_to_come& waiting,
          const topic_counts_ptr& told);

/// `presence_range`, in the same way; several of them, if there is much text.
void push(const client& to, pushes_to_come& waiting, const topic_range& told);

/// The client has a `push_turn`: the next of them.
void push_next(const client& to, pushes_to_come& waiting);

} // namespace rollcall::node
