// Who watches how large topics are: in the thread of the caller, under the lock
// of the watch table. The watch dispatcher tells the watchers.
#include "actors/request_check.hpp"
#include "actors/watch_call.hpp"
#include "rollcall/presence.hpp"

#include <fmt/core.h>

namespace rollcall {

caf::error presence_watches::do_watch_counts(
    caf::execution_unit* context, const caf::strong_actor_ptr& watcher,
    const std::string& pattern, std::chrono::milliseconds interval) const {
  return watch_call(*this, context, [&](runtime& node) -> caf::error {
    if (auto problem
        = first_of(check_local(watcher, "watcher", node),
                   first_of(check_topic(pattern), check_interval(interval))))
      return problem;
    if (auto problem = node.listen_for(listeners::counters))
      return problem;
    if (node.watches->table.watch_counts(watcher, pattern, interval))
      return {};
    return make_error(ec::too_many_subscribers,
                      fmt::format("the actor watches {} patterns, the most "
                                  "that limits::count_watches_max allows",
                                  limits::count_watches_max));
  });
}

caf::error
presence_watches::do_unwatch_counts(caf::execution_unit* context,
                                    const caf::strong_actor_ptr& watcher,
                                    const std::string& pattern) const {
  return watch_call(*this, context, [&](runtime& node) -> caf::error {
    if (watcher)
      node.watches->table.unwatch_counts(watcher, pattern);
    return {};
  });
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
