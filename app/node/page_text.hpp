#pragma once

#include <rollcall/topic_page.hpp>

#include <cstddef>
#include <string>
#include <string_view>

/// A page of a topic as clients and `/api` see it.
namespace rollcall::node {

/// Appends `"presences":2,"keys":1,"state":{...},"next":"ann"`: the members of
/// an object. The page ends with the key at which `state` has so many `bytes`
/// or more, and before one that has more than 1 MiB of metas; `next` is then
/// the last key of the page.
/// @returns the first key, if no page can hold it: then `state` is empty, and
///          `next` is that key. Empty otherwise. It is valid as long as `page`.
std::string_view append_page_members(std::string& out, const topic_page& page,
                                     std::size_t bytes);

} // namespace rollcall::node
