// Who watches how large topics are: in the thread of the caller, under the lock
// of the watch table. The watch dispatcher tells the watchers.
#include "actors/request_check.hpp"
#include "actors/watch_call.hpp"
#include "rollcall/presence.hpp"

#include <fmt/core.h>

namespace rollcall {

caf::error
presence_watches::do_watch_counts(const detail::caller& by,
                                  const std::string& pattern,
                                  std::chrono::milliseconds interval) const {
  return watch_call(*this, by.context, [&](runtime& node) -> caf::error {
    if (auto problem
        = first_of(check_local(by.actor, "watcher", node),
                   first_of(check_topic(pattern), check_interval(interval))))
      return problem;
    if (auto problem = node.listen_for(listeners::counters))
      return problem;
    if (node.watches->table.watch_counts(by.actor, pattern, interval))
      return {};
    return make_error(ec::too_many_subscribers,
                      fmt::format("the actor watches {} patterns, the most "
                                  "that limits::count_watches_max allows",
                                  limits::count_watches_max));
  });
}

caf::error
presence_watches::do_unwatch_counts(const detail::caller& by,
                                    const std::string& pattern) const {
  return watch_call(*this, by.context, [&](runtime& node) -> caf::error {
    if (by.actor)
      node.watches->table.unwatch_counts(by.actor, pattern);
    return {};
  });
}

// -- on any thread ------------------------------------------------------------

caf::error
presence_watches::watch_counts(const caf::actor& watcher,
                               const std::string& pattern,
                               std::chrono::milliseconds interval) const {
  return do_watch_counts(watcher, pattern, interval);
}

caf::error presence_watches::unwatch_counts(const caf::actor& watcher,
                                            const std::string& pattern) const {
  return do_unwatch_counts(watcher, pattern);
}

} // namespace rollcall
