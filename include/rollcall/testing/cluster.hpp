#pragma once

#include "rollcall/cluster.hpp"
#include "rollcall/config.hpp"
#include "rollcall/hooks.hpp"
#include "rollcall/presence.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::testing {

class cluster;

/// What every node of a test's cluster is started with.
struct cluster_options {
  /// Node name and incarnation are chosen by the kit.
  config settings;
  /// Addresses and certificates are not used.
  cluster_config links;
  /// As of `presence::start`; its hooks run in the thread of the test.
  hooks_factory hooks;
  /// Adds to the settings of the nodes' actor systems what your actors need, as
  /// message types.
  std::function<void(caf::actor_system_config&)> prepare;
  /// Of all random choices, as the jitter of connects.
  std::uint64_t seed = 1;
};

/// One node of a test's cluster. It stays at its place when it is killed and
/// restarted; what it gave out before then belongs to a former life.
class node {
public:
  node(const node&) = delete;
  node& operator=(const node&) = delete;
  ~node();

  /// To spawn actors in. @pre `is_running()`
  [[nodiscard]] caf::actor_system& system();

  /// Spawns an actor and keeps a handle to it until the node ends, also when
  /// the actor has ended: CAF ends an actor to which nobody has a handle.
  /// @pre `is_running()`
  template <class... Ts>
  caf::actor spawn(Ts&&... arguments) {
    const auto result = caf::actor_cast<caf::actor>(
        system().spawn(std::forward<Ts>(arguments)...));
    keep(result);
    return result;
  }

  /// A handle that was not started while the node does not run.
  ///@{
  [[nodiscard]] rollcall::presence presence() const;
  [[nodiscard]] rollcall::cluster cluster() const;
  ///@}

  /// As peers call it: `node-0`, `node-1`, ...
  [[nodiscard]] const std::string& name() const noexcept;

  /// Whether it was neither killed nor stopped since its last start.
  [[nodiscard]] bool is_running() const noexcept;

  /// The keys that this node shows in a topic, in order, each once.
  [[nodiscard]] std::vector<std::string> keys(std::string_view topic) const;

  /// Where it belongs to.
  [[nodiscard]] testing::cluster& world() noexcept;

private:
  friend class testing::cluster;

  class impl;

  explicit node(std::unique_ptr<impl> made) noexcept;

  void keep(const caf::actor& which);

  std::unique_ptr<impl> impl_;
};

/// A cluster of several nodes in one process, under a fake clock: each node is
/// a presence and a cluster as they ship, in a `deterministic_system` of its
/// own. Only the links are not real. They carry the same bytes in memory, and
/// the test cuts, heals and delays them. It starts whole.
///
///     testing::cluster world{3};
///     auto ann = world[0].spawn(player, world[0].presence());
///     world.settle();
///     world.cut(0, 1);
///     world.advance(3s);
///     world.heal(0, 1);
///
/// The same test does the same each time.
///
/// Links:   as TCP has it. What is sent over a link that is cut waits until it
///          is healed. Nobody is told of a cut: a node finds out by silence,
///          after `cluster_config::down_after`, and closes the link; a connect
///          over it fails after 3 s. Without `delay` a packet takes no time.
///          Connections do not wait for each other: each begins with an empty
///          wire.
/// Errors:  a broken precondition ends the test program with a sentence on
///          stderr.
/// Threads: that of the test.
class cluster {
public:
  /// Of fake time.
  using duration = std::chrono::milliseconds;

  /// Fake time that an `await` spends at most, if not told otherwise.
  static constexpr duration patience{10'000};

  /// Starts the nodes and lets time pass until each shows all the others, and
  /// a second more, so that they are at rest.
  /// @pre `nodes` is at least 1, and the options are valid.
  explicit cluster(std::size_t nodes, cluster_options options = {});

  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;

  /// Kills all nodes.
  ~cluster();

  /// @pre `index < size()`
  [[nodiscard]] node& operator[](std::size_t index);

  /// How many nodes there are, running or not.
  [[nodiscard]] std::size_t size() const noexcept;

  // -- time -------------------------------------------------------------------

  /// Handles messages and delivers packets until there is none left for now.
  void settle();

  /// Lets time pass on all nodes, firing each timer and delivering each packet
  /// at its own time. @pre `by` is not negative.
  void advance(duration by);

  /// Lets time pass until a condition holds, which is asked whenever something
  /// has happened. @returns whether it holds. @pre `within` is not negative,
  /// here and below.
  bool await(const std::function<bool()>& condition,
             duration within = patience);

  /// Lets time pass until every running node shows every other one, and none
  /// that does not run. @returns whether it came to that.
  bool await_whole(duration within = patience);

  /// Fake time since the start of the test.
  [[nodiscard]] std::chrono::nanoseconds now() const noexcept;

  // -- links ------------------------------------------------------------------

  /// Between two nodes, or between one and all others. @pre there are such
  /// nodes.
  ///@{
  void cut(std::size_t a, std::size_t b);
  void cut(std::size_t index);
  void heal(std::size_t a, std::size_t b);
  void heal(std::size_t index);
  ///@}

  /// How long a packet takes, in both directions; of those sent from now on. On
  /// one connection packets stay in order, as with TCP: one that is sent after
  /// the delay was shortened arrives after those that were sent before. A new
  /// connection waits for none of them.
  /// @pre there are such nodes, and `by` is not negative.
  void delay(std::size_t a, std::size_t b, duration by);

  // -- nodes ------------------------------------------------------------------

  /// Ends a node as `kill -9` does: its actors, also yours, end, the peers get
  /// no goodbye, what is under way on its links is lost, and the links break
  /// after the delay of now. Not running: fine.
  /// @pre there is such a node. No actor of it calls this; those of others may.
  ///      A `scoped_actor` of it has ended: this waits for it, for ever.
  void kill(std::size_t index);

  /// Ends a node in good order: the peers forget it at once.
  /// @pre as of `kill`.
  void stop(std::size_t index);

  /// Starts a node that was ended, as a new process of the same name. What
  /// follows, as its connects, is up to time.
  /// @pre there is such a node, and it does not run.
  void restart(std::size_t index);

private:
  class impl;

  std::unique_ptr<impl> impl_;
};

} // namespace rollcall::testing
