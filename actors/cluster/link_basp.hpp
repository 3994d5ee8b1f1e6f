#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

#include <chrono>
#include <functional>

namespace rollcall {

/// Hands connected sockets to CAF's BASP broker.
///
/// The messages are those that CAF's middleman sends to its broker, and half
/// internal: they are what ties links to CAF 0.17.6.
///
/// Threads: any.
/// Source:  actor-framework 0.17, `libcaf_io/src/io/basp_broker.cpp`.
class basp_port {
public:
  using answer = std::function<void(caf::expected<caf::actor>)>;

  basp_port(caf::actor_system& system, caf::actor published);

  /// The id of the one actor that peers may reach; 0 if there is none.
  [[nodiscard]] caf::actor_id published() const {
    return published_ ? published_.id() : 0;
  }

  /// BASP as server: it says first who it is and what it publishes. Takes over
  /// `socket`.
  void serve(int socket);

  /// BASP as client. Takes over `socket`; calls `done` once, on a CAF thread,
  /// with what the other node publishes.
  void join(int socket, std::chrono::milliseconds timeout, answer done);

  /// Calls `done` once, on CAF's thread: whether BASP has forgotten a lost
  /// node. It does so some time after it closed the socket, and ends the node's
  /// proxies in two steps; the second would hit those of a connection made in
  /// between.
  ///
  /// Also ends the actor of about a kilobyte that CAF keeps for each node that
  /// it ever met, and which waits for an answer that our guard lets nobody
  /// give.
  void forget(const caf::node_id& lost, std::function<void(bool)> done);

private:
  caf::actor_system& system_;
  caf::actor broker_;
  caf::actor published_;
};

} // namespace rollcall
