#pragma once

#include <rollcall/follow.hpp>
#include <rollcall/gateway.hpp>
#include <rollcall/topic_counts.hpp>
#include <rollcall/topic_range.hpp>

/// What the built-in channel is told of others, as its client hears it.
namespace rollcall::node {

/// `follow:state`.
void push(const client& to, const follow_state& told);

/// `follow:diff`.
void push(const client& to, const came_online& told);
void push(const client& to, const went_offline& told);

/// `presence_counts`; several of them, if there are many topics.
void push(const client& to, const topic_counts& told);

/// `presence_range`.
void push(const client& to, const topic_range& told);

} // namespace rollcall::node
