#pragma once

#include <caf/allowed_unsafe_message_type.hpp>

#include <memory>

namespace rollcall {

/// Nothing waits in the gateway for the client any more, and now is the turn of
/// a channel that asked for it by `client::await_turn`: it pushes one part, of
/// some 10 KB, and asks again if there is more. What the client is still to
/// read is then bounded: one write of up to 80 KiB that is under way, and what
/// the kernel holds of its connection, 128 KiB beyond the client's window. The
/// turn ends when the message is gone; then others of the same client have
/// theirs. So push in the handler.
///
/// Sent by: gateway.  Handled by: channel actors that ask for it.
class push_turn {
public:
  push_turn() = default;
  push_turn(const push_turn&) = delete;
  push_turn& operator=(const push_turn&) = delete;
  virtual ~push_turn() = default;
};

/// As it arrives in the mailbox of a channel actor.
using push_turn_ptr = std::shared_ptr<const push_turn>;

} // namespace rollcall

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::push_turn_ptr)
