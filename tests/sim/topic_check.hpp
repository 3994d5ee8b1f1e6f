#pragma once

#include "crdt/topic_node.hpp"
#include "rollcall/snapshot.hpp"

namespace rollcall::sim {

/// A topic is in order, and what is asked of a part of it is that part. Throws
/// `std::logic_error` if it is not so.
/// @param all of the topic.
void check_topic(const crdt::topic_node& topic, const snapshot& all);

} // namespace rollcall::sim
