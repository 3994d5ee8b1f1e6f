#pragma once

#include <rollcall/topic_page.hpp>

#include <cstddef>
#include <string>

/// A page of a topic as clients and `/api` see it.
namespace rollcall::node {

/// Appends `"presences":2,"keys":1,"state":{...},"next":"ann"`: the members of
/// an object. The page ends with the key at which `state` has `bytes_max` or
/// more; `next` is then that key.
void append_page_members(std::string& out, const topic_page& page,
                         std::size_t bytes_max);

} // namespace rollcall::node
