#pragma once

#include "app/node/waiting_counts.hpp"
#include <rollcall/follow.hpp>
#include <rollcall/gateway.hpp>
#include <rollcall/topic_counts.hpp>
#include <rollcall/topic_range.hpp>

#include <memory>

/// What the built-in channel is told of others, as its client hears it.
namespace rollcall::node {

/// `follow:state`.
/// @param who tells when those who are offline were last seen.
void push(const client& to, const presence& who, const follow_state& told);

/// `follow:diff`.
void push(const client& to, const came_online& told);
void push(const client& to, const went_offline& told);

/// Counts that wait for the client to read; null if none do.
using counts_to_push = std::unique_ptr<waiting_counts>;

/// `presence_counts`, as soon as the client has read what came before; several
/// of them, if there are many topics.
void push(const client& to, counts_to_push& waiting,
          const topic_counts_ptr& told);

/// The client has a `push_turn`: the next `presence_counts`.
void push_next(const client& to, counts_to_push& waiting);

/// `presence_range`.
void push(const client& to, const topic_range& told);

} // namespace rollcall::node
