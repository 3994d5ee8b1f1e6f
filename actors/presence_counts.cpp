// Who watches how large topics are: in the thread of the caller, under the lock
// of the watch table. The watch dispatcher tells the watchers.
#include "actors/caller_check.hpp"
#include "actors/presence_internals.hpp"
#include "actors/request_check.hpp"
#include "actors/runtime.hpp"
#include "rollcall/presence.hpp"

#include <fmt/core.h>

#include <new>

namespace rollcall {

namespace {

using namespace std::chrono_literals;

caf::error check_interval(std::chrono::milliseconds interval) {
  if (interval >= 10ms && interval <= 1h)
    return {};
  return make_error(ec::invalid_config,
                    fmt::format("the interval is {} ms; 10 to 3600000 are "
                                "allowed",
                                interval.count()));
}

} // namespace

caf::error presence_watches::do_watch_counts(
    caf::execution_unit* context, const caf::strong_actor_ptr& watcher,
    const std::string& pattern, std::chrono::milliseconds interval) const {
  const auto node = runtime_of(*this);
  if (auto problem = check_started(node))
    return problem;
  auto& watches = *node->watches;
  if (auto problem = watches.check_open())
    return problem;
  if (auto problem
      = first_of(check_local(watcher, "watcher", *node),
                 first_of(check_topic(pattern), check_interval(interval))))
    return problem;
  if (auto problem = node->listen_for_counters())
    return problem;
  try {
    if (!watches.table.watch_counts(watcher, pattern, interval))
      return make_error(ec::too_many_subscribers,
                        fmt::format("the actor watches {} patterns, the most "
                                    "that it may",
                                    limits::count_watches_max));
  } catch (const std::bad_alloc&) {
    watches.out_of_memory();
    return watches.check_open();
  }
  watches.wake(context);
  return {};
}

caf::error
presence_watches::do_unwatch_counts(caf::execution_unit* context,
                                    const caf::strong_actor_ptr& watcher,
                                    const std::string& pattern) const {
  const auto node = runtime_of(*this);
  if (auto problem = check_started(node))
    return problem;
  auto& watches = *node->watches;
  if (auto problem = watches.check_open())
    return problem;
  if (!watcher)
    return {};
  watches.table.unwatch_counts(watcher, pattern);
  watches.wake(context);
  return {};
}

// -- on any thread ------------------------------------------------------------

caf::error
presence_watches::watch_counts(const caf::actor& watcher,
                               const std::string& pattern,
                               std::chrono::milliseconds interval) const {
  return do_watch_counts(nullptr, pointer_of(watcher), pattern, interval);
}

caf::error presence_watches::unwatch_counts(const caf::actor& watcher,
                                            const std::string& pattern) const {
  return do_unwatch_counts(nullptr, pointer_of(watcher), pattern);
}

} // namespace rollcall
