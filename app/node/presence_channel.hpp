#pragma once

#include "app/gateway/latency_recorder.hpp"
#include "app/node/settings.hpp"
#include <rollcall/gateway.hpp>
#include <rollcall/presence.hpp>

#include <memory>
#include <string>

namespace rollcall::node {

/// What all built-in channels of a node share.
struct channel_context {
  presence who;
  channel_settings settings;
  bool is_auth_required = false;
  mutable channels::latency_recorder
      track_time; ///< From the join to its track's answer.
};

using channel_context_ptr = std::shared_ptr<const channel_context>;

/// Who joins: `sub` of a verified token, else the connect parameter `user_id`,
/// else `wished`, else a generated guest.
[[nodiscard]] std::string choose_key(const join& request, std::string wished);

/// Makes the built-in channel: tracks who joins, answers `presence:*` events,
/// and relays all others to the topic. docs/PROTOCOL.md tells what it does.
[[nodiscard]] channel_factory
make_presence_channel(channel_context_ptr context);

} // namespace rollcall::node
