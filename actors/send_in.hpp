#pragma once

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/mailbox_element.hpp>

#include <utility>

namespace rollcall {

/// Sends without a sender, to be handled in `context` if there is one; nothing
/// if there is no such actor.
template <class Handle, class T>
void send_in(caf::execution_unit* context, const Handle& to, T message) {
  if (to)
    caf::actor_cast<caf::abstract_actor*>(to)->enqueue(
        caf::make_mailbox_element(nullptr, caf::make_message_id(), {},
                                  std::move(message)),
        context);
}

} // namespace rollcall
