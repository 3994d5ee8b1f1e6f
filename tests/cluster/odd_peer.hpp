#pragma once

#include "actors/cluster/link.hpp"
#include "crdt/wire/cluster_wire.hpp"
#include "messages/type_ids.hpp"
#include "tests/cluster/cluster_nodes.hpp"

#include <caf/event_based_actor.hpp>

#include <future>
#include <memory>
#include <string>

namespace rollcall::test {

/// Speaks over a real link, but is no node.
class odd_peer {
public:
  explicit odd_peer(const cluster_node& target,
                    const link_config& settings = {})
      : links_{std::move(*cluster_link::make(system_, settings, receiver_))} {
    std::promise<caf::expected<link_peer>> outcome;
    links_->connect("127.0.0.1", target.net.port(),
                    [&](caf::expected<link_peer> result) {
                      outcome.set_value(std::move(result));
                    });
    peer_ = outcome.get_future().get()->published;
  }

  ~odd_peer() {
    links_.reset();
    caf::anon_send_exit(receiver_, caf::exit_reason::kill);
  }

  odd_peer(const odd_peer&) = delete;
  odd_peer& operator=(const odd_peer&) = delete;

  template <class Packet>
  void say(const Packet& packet) {
    wire_frame frame;
    wire::encode(packet, frame.bytes);
    caf::send_as(receiver_, peer_, std::move(frame));
  }

  /// Says hello as a node of the test cluster.
  void say_hello_as(const std::string& name) {
    say(wire::hello{
        .cluster = "test", .node = {name, 1}, .shard_count = 2, .address = {}});
  }

  caf::actor_system& system() {
    return system_;
  }

private:
  struct system_settings : caf::actor_system_config {
    system_settings() {
      configure(*this);
    }
  };

  static caf::behavior ignore_all(caf::event_based_actor* self) {
    self->set_default_handler(caf::drop);
    return {[](const wire_frame&) {}};
  }

  system_settings settings_;
  caf::actor_system system_{settings_};
  caf::actor receiver_ = system_.spawn(ignore_all);
  std::unique_ptr<cluster_link> links_;
  caf::actor peer_;
};

} // namespace rollcall::test
