#pragma once

#include "actors/testing/simulated_network.hpp"
#include "messages/replication.hpp"

#include <caf/actor_config.hpp>
#include <caf/actor_proxy.hpp>
#include <caf/error.hpp>
#include <caf/execution_unit.hpp>
#include <caf/mailbox_element.hpp>

#include <cstddef>
#include <utility>

namespace rollcall::testing {

/// Stands for the receiver of a peer, as CAF's own proxy does behind a real
/// link: the bytes of a frame that is sent to it go over the network.
///
/// @pre the network outlives the actor system.
class peer_proxy final : public caf::actor_proxy {
public:
  peer_proxy(caf::actor_config& settings, simulated_network& network,
             std::size_t from, link_id link)
      : caf::actor_proxy{settings},
        network_{network},
        from_{from},
        link_{link} {
  }

  void enqueue(caf::mailbox_element_ptr element,
               caf::execution_unit*) override {
    const auto message = element->move_content_to_message();
    if (message.match_elements<wire_frame>())
      network_.send(from_, link_, message.get_as<wire_frame>(0).bytes);
  }

  void kill_proxy(caf::execution_unit* context, caf::error reason) override {
    cleanup(std::move(reason), context);
  }

private:
  simulated_network& network_;
  std::size_t from_;
  link_id link_;
};

} // namespace rollcall::testing
