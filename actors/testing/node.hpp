#pragma once

#include "actors/testing/simulated_network.hpp"
#include "rollcall/testing/cluster.hpp"
#include "rollcall/testing/deterministic_system.hpp"

#include <caf/actor.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rollcall::testing {

/// One node: what stays when it is killed, and its present incarnation.
class node::impl {
public:
  /// @pre the arguments outlive it.
  impl(testing::cluster& world, simulated_network& network,
       const cluster_options& options, std::size_t index, std::size_t nodes);

  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;
  ~impl();

  /// @pre it does not run.
  void start(network_time now);

  /// @pre no actor of this node calls it.
  void kill();

  /// Ends the test program if the caller is an actor of this node.
  void refuse_own_actors() const;

  /// Has it tell its peers that it leaves.
  void say_goodbye();

  [[nodiscard]] bool is_running() const noexcept {
    return incarnation_ != nullptr;
  }

  /// Of its present incarnation.
  struct incarnation {
    explicit incarnation(const deterministic_system::prepare_function& prepare)
        : actors{prepare} {
    }

    deterministic_system actors;
    rollcall::presence who;
    rollcall::cluster net;
    std::vector<caf::actor> kept; ///< For the test.
  };

  [[nodiscard]] incarnation* now() const noexcept {
    return incarnation_.get();
  }

  testing::cluster& world;
  const std::string name;

private:
  void join_cluster(std::uint64_t seed);

  simulated_network& network_;
  const cluster_options& options_;
  const std::size_t index_;
  const std::size_t nodes_;
  std::uint64_t starts_ = 0;
  std::unique_ptr<incarnation> incarnation_;
};

} // namespace rollcall::testing
