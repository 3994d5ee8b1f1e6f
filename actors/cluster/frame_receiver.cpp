#include "actors/cluster/frame_receiver.hpp"

#include "messages/type_ids.hpp"

#include <caf/exit_reason.hpp>
#include <caf/system_messages.hpp>

#include <utility>

namespace rollcall {

caf::behavior frame_receiver(caf::event_based_actor* self, caf::actor cluster) {
  // A peer may send an exit; only this node's own end this actor.
  self->set_exit_handler([self](caf::exit_msg& message) {
    if (message.source.node() == self->node() || !message.source)
      self->quit(message.reason);
  });
  self->set_default_handler(caf::drop);
  return {
      [self, cluster](wire_frame& frame) {
        if (self->current_sender())
          self->send(cluster, frame_arrived{self->current_sender(),
                                            std::move(frame.bytes)});
      },
  };
}

} // namespace rollcall
