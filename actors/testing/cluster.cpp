#include "rollcall/testing/cluster.hpp"

#include "actors/testing/node.hpp"
#include "actors/testing/simulated_network.hpp"
#include "rollcall/testing/misuse.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace rollcall::testing {

namespace {

/// A node that leaves closes its links so long after its goodbye.
constexpr testing::cluster::duration goodbye_time{100};

/// After their first exchange the nodes are at rest: what a test writes first
/// is sent at once.
constexpr testing::cluster::duration calm_time{1000};

/// What a test means by more than that is for ever.
constexpr testing::cluster::duration longest_time
    = std::chrono::hours{24 * 365 * 100};

/// @param asked is the call, for people.
network_time checked(testing::cluster::duration time, std::string_view asked) {
  require(time.count() >= 0,
          fmt::format("{}, {} ms: time does not go back", asked, time.count()));
  return std::min(time, longest_time);
}

} // namespace

class cluster::impl {
public:
  impl(testing::cluster& world, std::size_t count, cluster_options with)
      : options{std::move(with)},
        network{count} {
    for (std::size_t i = 0; i < count; ++i)
      nodes.push_back(std::unique_ptr<node>{new node{
          std::make_unique<node::impl>(world, network, options, i, count)}});
  }

  /// @param asked is the call, for people.
  void check(std::size_t index, std::string_view asked) const {
    require(index < nodes.size(),
            fmt::format("{}: there is no node {}, the cluster has {}, "
                        "counted from 0",
                        asked, index, nodes.size()));
  }

  [[nodiscard]] node::impl& at(std::size_t index, std::string_view asked) {
    check(index, asked);
    return *nodes[index]->impl_;
  }

  /// Lets all that is due now happen. @returns whether anything did.
  bool step() {
    bool result = false;
    for (const auto& one : nodes)
      if (auto* incarnation = one->impl_->now();
          incarnation && incarnation->actors.has_work()) {
        incarnation->actors.settle();
        result = true;
      }
    return network.advance_to(now) || result;
  }

  void settle() {
    while (step())
      continue;
  }

  /// When something happens next by itself.
  [[nodiscard]] std::optional<network_time> next() {
    auto result = network.next();
    for (const auto& one : nodes)
      if (auto* incarnation = one->impl_->now())
        if (const auto timer = incarnation->actors.next_timer())
          result = result ? std::min(*result, now + *timer) : now + *timer;
    if (result)
      result = std::max(*result, now);
    return result;
  }

  /// What has been there already stays so: an actor, or a condition, may have
  /// let time pass meanwhile.
  void move_to(network_time when) {
    when = std::max(when, now);
    const auto by = when - std::exchange(now, when);
    for (const auto& one : nodes)
      if (auto* incarnation = one->impl_->now())
        incarnation->actors.advance(by);
    settle();
  }

  /// Goes on to whatever happens next, at most to `end`. @returns whether there
  /// was anything.
  bool go_on(network_time end) {
    const auto when = next();
    const bool is_within = when && *when <= end;
    move_to(is_within ? *when : end);
    return is_within;
  }

  cluster_options options;
  simulated_network network;
  std::vector<std::unique_ptr<node>> nodes;
  network_time now{};
};

cluster::cluster(std::size_t nodes, cluster_options options)
    : impl_{std::make_unique<impl>(*this, nodes, std::move(options))} {
  require(nodes > 0, "a cluster has at least one node");
  for (std::size_t i = 0; i < nodes; ++i)
    restart(i);
  require(await_whole(), "the nodes did not find each other in time");
  advance(calm_time);
}

/// The nodes go first: what they hold uses the network.
cluster::~cluster() {
  impl_->nodes.clear();
}

node& cluster::operator[](std::size_t index) {
  impl_->check(index, "operator[]");
  return *impl_->nodes[index];
}

std::size_t cluster::size() const noexcept {
  return impl_->nodes.size();
}

// -- time ---------------------------------------------------------------------

void cluster::settle() {
  impl_->settle();
}

void cluster::advance(duration by) {
  const auto time = checked(by, "advance");
  impl_->settle();
  const auto end = impl_->now + time;
  while (impl_->go_on(end))
    continue;
}

bool cluster::await(const std::function<bool()>& condition, duration within) {
  const auto time = checked(within, "await");
  impl_->settle();
  const auto end = impl_->now + time;
  while (!condition())
    if (!impl_->go_on(end))
      return condition();
  return true;
}

bool cluster::await_whole(duration within) {
  const auto running
      = std::count_if(impl_->nodes.begin(), impl_->nodes.end(),
                      [](const auto& one) { return one->is_running(); });
  const auto is_whole = [&](const auto& one) {
    if (!one->is_running())
      return true;
    const auto peers = one->cluster().peers();
    const auto up = std::count_if(peers.begin(), peers.end(),
                                  [](const auto& peer) { return peer.is_up; });
    return up == running - 1 && one->cluster().is_ready();
  };
  return await(
      [&] {
        return std::all_of(impl_->nodes.begin(), impl_->nodes.end(), is_whole);
      },
      within);
}

std::chrono::nanoseconds cluster::now() const noexcept {
  return impl_->now;
}

// -- links --------------------------------------------------------------------

void cluster::cut(std::size_t a, std::size_t b) {
  impl_->check(a, "cut");
  impl_->check(b, "cut");
  impl_->network.cut(a, b);
}

void cluster::cut(std::size_t index) {
  impl_->check(index, "cut");
  for (std::size_t other = 0; other < size(); ++other)
    if (other != index)
      cut(index, other);
}

void cluster::heal(std::size_t a, std::size_t b) {
  impl_->check(a, "heal");
  impl_->check(b, "heal");
  impl_->network.heal(a, b);
}

void cluster::heal(std::size_t index) {
  impl_->check(index, "heal");
  for (std::size_t other = 0; other < size(); ++other)
    if (other != index)
      heal(index, other);
}

void cluster::delay(std::size_t a, std::size_t b, duration by) {
  impl_->check(a, "delay");
  impl_->check(b, "delay");
  impl_->network.delay(a, b, checked(by, "delay"));
}

// -- nodes --------------------------------------------------------------------

void cluster::kill(std::size_t index) {
  impl_->at(index, "kill").kill();
  settle();
}

void cluster::stop(std::size_t index) {
  auto& which = impl_->at(index, "stop");
  which.refuse_own_actors();
  which.say_goodbye();
  advance(goodbye_time);
  impl_->network.close_all(index);
  kill(index);
}

void cluster::restart(std::size_t index) {
  impl_->at(index, "restart").start(impl_->now);
  settle();
}

} // namespace rollcall::testing
