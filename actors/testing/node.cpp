#include "actors/testing/node.hpp"

#include "actors/cluster/cluster_internals.hpp"
#include "actors/presence_internals.hpp"
#include "actors/runtime.hpp"
#include "actors/testing/simulated_links.hpp"
#include "messages/type_ids.hpp"
#include "rollcall/error.hpp"
#include "rollcall/testing/actor_turn.hpp"
#include "rollcall/testing/misuse.hpp"

#include <fmt/core.h>

#include <chrono>
#include <set>
#include <utility>

namespace rollcall::testing {

namespace {

/// A node that is told of a later incarnation of its own goes beyond it, by
/// less than this.
constexpr std::uint64_t incarnations_per_start = 1ull << 32;

/// The wall clock of all nodes at the start of a test, 2026-01-01.
constexpr std::uint64_t first_wall_ms = 1'767'225'600'000;

} // namespace

node::impl::impl(testing::cluster& where, simulated_network& network,
                 const cluster_options& options, std::size_t index,
                 std::size_t nodes)
    : world{where},
      name{fmt::format("node-{}", index)},
      network_{network},
      options_{options},
      index_{index},
      nodes_{nodes} {
}

node::impl::~impl() {
  kill();
}

void node::impl::start(network_time now) {
  require(!is_running(), name + " runs already");
  ++starts_;
  incarnation_ = std::make_unique<incarnation>(
      [this](caf::actor_system_config& settings) {
        settings.add_message_types<caf::id_block::rollcall>();
        if (options_.prepare)
          options_.prepare(settings);
      });
  incarnation_->actors.advance(now);
  auto settings = options_.settings;
  settings.node_name = name;
  settings.incarnation = starts_ * incarnations_per_start;
  auto started = rollcall::presence::start(incarnation_->actors.system(),
                                           std::move(settings), options_.hooks);
  require(started.engaged(), started ? "" : describe(started.error()));
  incarnation_->who = std::move(*started);
  auto& clock = incarnation_->actors.system().clock();
  presence_internals::of(incarnation_->who).wall_ms = [&clock] {
    const auto time = clock.now().time_since_epoch();
    return first_wall_ms
           + static_cast<std::uint64_t>(
               std::chrono::duration_cast<std::chrono::milliseconds>(time)
                   .count());
  };
  join_cluster(options_.seed + index_ + nodes_ * starts_);
}

void node::impl::join_cluster(std::uint64_t seed) {
  auto settings = options_.links;
  settings.listen = simulated_network::address_of(index_);
  settings.advertise.clear();
  settings.peers.clear();
  settings.certificate_file.clear();
  settings.key_file.clear();
  settings.authority_file.clear();
  for (std::size_t i = 0; i < nodes_; ++i)
    settings.peers.push_back(simulated_network::address_of(i));
  auto& system = incarnation_->actors.system();
  const auto make
      = [&](caf::actor receiver,
            link_events events) -> caf::expected<std::shared_ptr<peer_links>> {
    network_.attach(index_, {&system, std::move(receiver), std::move(events)});
    return std::shared_ptr<peer_links>{
        std::make_shared<simulated_links>(network_, index_)};
  };
  auto joined = cluster_internals::start(
      system, presence_internals::share(incarnation_->who), settings, make,
      seed);
  require(joined.engaged(), joined ? "" : describe(joined.error()));
  incarnation_->net = std::move(*joined);
}

void node::impl::say_goodbye() {
  if (incarnation_)
    incarnation_->who.request_stop();
}

void node::impl::refuse_own_actors() const {
  require(!incarnation_
              || !actor_turn::is_under_way(incarnation_->actors.system()),
          "an actor of " + name + " asked for the end of " + name
              + ", which waits for all its actors: let the test do it");
}

/// The network goes first, so that nothing which the actors do at their end
/// gets out. An actor of another node may ask for this, so nothing waits.
void node::impl::kill() {
  refuse_own_actors();
  if (!incarnation_)
    return;
  network_.detach(index_);
  cluster_internals::break_off(incarnation_->net);
  incarnation_->actors.end_actors();
  incarnation_->who.request_stop();
  incarnation_->actors.settle();
  presence_internals::of(incarnation_->who).forget_actors();
  incarnation_->kept.clear();
  incarnation_->net = {};
  incarnation_->who = {};
  incarnation_.reset();
}

// -- what a test sees ---------------------------------------------------------

node::node(std::unique_ptr<impl> made) noexcept : impl_{std::move(made)} {
}

node::~node() = default;

caf::actor_system& node::system() {
  require(is_running(), name() + " does not run");
  return impl_->now()->actors.system();
}

void node::keep(const caf::actor& which) {
  impl_->now()->kept.push_back(which);
}

rollcall::presence node::presence() const {
  return is_running() ? impl_->now()->who : rollcall::presence{};
}

rollcall::cluster node::cluster() const {
  return is_running() ? impl_->now()->net : rollcall::cluster{};
}

const std::string& node::name() const noexcept {
  return impl_->name;
}

bool node::is_running() const noexcept {
  return impl_->is_running();
}

std::vector<std::string> node::keys(std::string_view topic) const {
  std::set<std::string> result;
  const auto all = presence().list(topic);
  for (const auto& one : all)
    result.emplace(one.key());
  return {result.begin(), result.end()};
}

testing::cluster& node::world() noexcept {
  return impl_->world;
}

} // namespace rollcall::testing
