#pragma once

#include "actors/caller_check.hpp"
#include "actors/presence_internals.hpp"
#include "actors/runtime.hpp"

#include <caf/error.hpp>
#include <caf/execution_unit.hpp>

#include <new>

namespace rollcall {

/// Does one step with what a node keeps of followers and watchers, and has the
/// watch dispatcher look at it. If memory runs out in it, the step may be half
/// done, and nobody may build on it.
/// Errors: `not_started`, `shard_unavailable`; those of `step`.
template <class Step>
caf::error watch_call(const presence_watches& part,
                      caf::execution_unit* context, Step step) {
  const auto node = runtime_of(part);
  if (auto problem = check_started(node))
    return problem;
  auto& watches = *node->watches;
  if (auto problem = watches.check_open())
    return problem;
  try {
    if (auto problem = step(*node)) {
      ++node->watch_refusals;
      return problem;
    }
  } catch (const std::bad_alloc&) {
    watches.out_of_memory();
    return watches.check_open();
  }
  watches.wake(context);
  return {};
}

} // namespace rollcall
