#pragma once

#include <rollcall/gateway.hpp>
#include <rollcall/presence.hpp>

#include <caf/actor.hpp>

namespace rollcall::test {

/// A channel for tests, after the RoomChannel of Phoenix' own. What it does
/// depends on the join payload and the event:
///
/// join  `"ignore"` rejects, `"raise"` dies unanswered, `"hang"` never
///       answers, `"key"` tracks that key, `"state"` asks for the state.
/// event `new_msg` is broadcast, `others` to the others, `echo` is replied,
///       `later` is replied after a message, `boom` crashes, `stop` ends in
///       order, `twice` replies twice, `list` replies with the keys, `update`
///       replaces the meta, `flood` pushes 64 KiB a hundred times, `binary`
///       replies and pushes bytes, `stay` makes it ignore leaves and exits.
/// leave pushes `you_left`.
[[nodiscard]] channel_factory room_channel(presence who);

/// Channel actors that live now.
[[nodiscard]] int living_channels() noexcept;

} // namespace rollcall::test
