#pragma once

#include "app/examples/arena/profile_hook.hpp"
#include "app/examples/arena/settings.hpp"
#include <rollcall/cluster.hpp>
#include <rollcall/gateway.hpp>
#include <rollcall/presence.hpp>

#include <memory>
#include <string>

namespace arena {

/// What the arena shows over HTTP.
struct page_sources {
  std::string node;
  rollcall::presence who;
  rollcall::cluster net;
  std::shared_ptr<profile_counts> profiles;
};

/// Answers `/` and its files, read once, and `/arena.json`: what this node
/// knows of the lobby, the matches and the profiles.
[[nodiscard]] rollcall::http_function make_pages(const arena_config& settings,
                                                 page_sources sources);

} // namespace arena
