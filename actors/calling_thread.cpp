#include "actors/calling_thread.hpp"

#include "rollcall/testing/actor_turn.hpp"

#include <caf/actor_system.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <pthread.h>

#include <array>
#include <string_view>
#include <utility>

namespace rollcall {

namespace {

thread_local int hooks_under_way = 0;

thread_local const testing::actor_turn* innermost_turn = nullptr;

/// CAF 0.17 names the threads of its scheduler and of its I/O like this, and
/// our gateway names the threads that run actors of ours.
bool runs_actors() noexcept {
  std::array<char, 32> name{};
  if (pthread_getname_np(pthread_self(), name.data(), name.size()) != 0)
    return false;
  const std::string_view text{name.data()};
  return text == "caf.multiplexer" || text.starts_with("rollcall.");
}

} // namespace

hook_scope::hook_scope() noexcept {
  ++hooks_under_way;
}

hook_scope::~hook_scope() {
  --hooks_under_way;
}

bool is_inside_hook() noexcept {
  return hooks_under_way > 0;
}

bool may_wait_here() noexcept {
  return !is_inside_hook() && !runs_actors();
}

bool runs_by_hand(caf::actor_system& system) noexcept {
  return dynamic_cast<caf::scheduler::test_coordinator*>(&system.scheduler())
         != nullptr;
}

namespace testing {

actor_turn::actor_turn(const caf::actor_system& whose) noexcept
    : whose_{whose},
      outer_{std::exchange(innermost_turn, this)} {
}

actor_turn::~actor_turn() {
  innermost_turn = outer_;
}

bool actor_turn::is_under_way() noexcept {
  return innermost_turn != nullptr;
}

bool actor_turn::is_under_way(const caf::actor_system& of) noexcept {
  for (const auto* turn = innermost_turn; turn; turn = turn->outer_)
    if (&turn->whose_ == &of)
      return true;
  return false;
}

} // namespace testing

} // namespace rollcall
