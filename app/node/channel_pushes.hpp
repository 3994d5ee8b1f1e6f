#pragma once

#include <rollcall/follow.hpp>
#include <rollcall/gateway.hpp>
#include <rollcall/topic_counts.hpp>

/// What the built-in channel is told of others, as its client hears it.
namespace rollcall::node {

/// `follow:state`.
/// @param who tells when those who are offline were last seen.
void push(const client& to, const presence& who, const follow_state& told);

/// `follow:diff`.
void push(const client& to, const came_online& told);
void push(const client& to, const went_offline& told);

/// `presence_counts`; several of them, if there are many topics.
void push(const client& to, const topic_counts& told);

} // namespace rollcall::node
