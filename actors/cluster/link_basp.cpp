#include "actors/cluster/link_basp.hpp"

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/network/multiplexer.hpp>
#include <caf/send.hpp>

#include <set>
#include <string>
#include <utility>

namespace rollcall {

namespace {

using interface = std::set<std::string>;

/// BASP looks up by port what it publishes; with one actor any number does.
constexpr std::uint16_t published_port = 1;

} // namespace

basp_port::basp_port(caf::actor_system& system, caf::actor published)
    : system_(system),
      broker_(system.middleman().named_broker<caf::io::basp_broker>(
          caf::atom("BASP"))),
      published_(std::move(published)) {
  // nop
}

void basp_port::serve(int socket) {
  caf::anon_send(
      broker_, caf::publish_atom_v,
      system_.middleman().backend().new_scribe(socket), published_port,
      caf::actor_cast<caf::strong_actor_ptr>(published_), interface{});
}

void basp_port::join(int socket, std::chrono::milliseconds timeout,
                     answer done) {
  auto scribe = system_.middleman().backend().new_scribe(socket);
  system_.spawn<caf::hidden>([broker = broker_, scribe, timeout,
                              done](caf::event_based_actor* self) {
    self->request(broker, timeout, caf::connect_atom_v, scribe,
                  std::uint16_t{0})
        .then(
            [done](caf::node_id&, caf::strong_actor_ptr& remote, interface&) {
              if (remote)
                done(caf::actor_cast<caf::actor>(remote));
              else
                done(caf::make_error(caf::sec::no_actor_published_at_port));
            },
            [done](caf::error& failed) { done(std::move(failed)); });
  });
}

void basp_port::forget(const caf::node_id& lost,
                       std::function<void(bool)> done) {
  // The broker and its members belong to the thread of the multiplexer.
  system_.middleman().backend().post(
      [handle = broker_, lost, done = std::move(done)] {
        auto& broker = *static_cast<caf::io::basp_broker*>(
            caf::actor_cast<caf::abstract_actor*>(handle));
        if (broker.getf(caf::abstract_actor::is_terminated_flag))
          return done(true); // CAF ends, and this broker knows nothing more.
        if (broker.instance.tbl().lookup_direct(lost))
          return done(false);
        auto& servers = broker.spawn_servers;
        if (const auto found = servers.find(lost); found != servers.end()) {
          caf::anon_send_exit(found->second, caf::exit_reason::kill);
          servers.erase(found);
        }
        done(true);
      });
}

} // namespace rollcall
