#pragma once

#include "app/node/channel_payload.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What clients say and hear of the keys that they follow, as JSON.
namespace rollcall::node {

/// What `follow` or `unfollow` asks for: `{"keys": [...], "topic_prefix": ""}`.
struct follow_wish {
  std::vector<std::string> keys;
  std::string topic_prefix;
};

[[nodiscard]] or_reason<follow_wish> read_follow(std::string_view payload);

/// How long ago each of some keys was online, as `presence::last_seen_many`
/// tells.
using last_seen_ages = std::vector<std::optional<std::chrono::milliseconds>>;

/// `{"online": [...], "offline": [...], "last_seen": {"eve": 1795780800000},
/// "topic_prefix": ""}`. A prefix that is empty is left out, and `last_seen` if
/// there is none.
/// Units: milliseconds since 1970.
/// @pre `seen` has an age for each that is offline, and `now` is the time now.
[[nodiscard]] std::string
follow_state_json(const std::vector<std::string>& online,
                  const std::vector<std::string>& offline,
                  const last_seen_ages& seen, std::chrono::milliseconds now,
                  std::string_view topic_prefix);

/// `{"came_online": [...], "went_offline": [...], "topic_prefix": ""}`, of one
/// key.
[[nodiscard]] std::string follow_diff_json(std::string_view key, bool is_online,
                                           std::string_view topic_prefix);

} // namespace rollcall::node
