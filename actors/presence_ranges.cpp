// Who watches which places of large topics: in the thread of the caller, under
// the lock of the watch table. The watch dispatcher tells the watchers.
#include "actors/request_check.hpp"
#include "actors/watch_call.hpp"
#include "rollcall/presence.hpp"

#include <fmt/core.h>

namespace rollcall {

namespace {

caf::error check_range(std::size_t first, std::size_t last) {
  if (first > last)
    return make_error(
        ec::invalid_config,
        fmt::format("the range begins at {}, behind its end {}", first, last));
  if (last - first < limits::range_presences_max)
    return {};
  return make_error(ec::invalid_config,
                    fmt::format("the range from {} to {} is too long; {} "
                                "presences are allowed",
                                first, last, limits::range_presences_max));
}

crdt::presence_range range_of(std::size_t first, std::size_t last) {
  return {first, last - first + 1};
}

} // namespace

caf::error presence_watches::do_watch_range(
    const detail::caller& by, const std::string& topic, std::size_t first,
    std::size_t last, std::chrono::milliseconds interval) const {
  return watch_call(*this, by.context, [&](runtime& node) -> caf::error {
    if (auto problem
        = first_of(check_local(by.actor, "watcher", node), check_topic(topic)))
      return problem;
    if (auto problem
        = first_of(check_range(first, last), check_interval(interval)))
      return problem;
    if (auto problem = node.listen_for(listeners::ranges))
      return problem;
    if (node.watches->table.watch_range(by.actor, topic, range_of(first, last),
                                        interval))
      return {};
    return make_error(ec::too_many_subscribers,
                      fmt::format("the actor watches {} ranges, the most that "
                                  "it may",
                                  limits::range_watches_max));
  });
}

caf::error presence_watches::do_unwatch_range(const detail::caller& by,
                                              const std::string& topic,
                                              std::size_t first,
                                              std::size_t last) const {
  return watch_call(*this, by.context, [&](runtime& node) -> caf::error {
    if (by.actor && first <= last)
      node.watches->table.unwatch_range(by.actor, topic, range_of(first, last));
    return {};
  });
}

// -- on any thread ------------------------------------------------------------

caf::error presence_watches::watch_range(
    const caf::actor& watcher, const std::string& topic, std::size_t first,
    std::size_t last, std::chrono::milliseconds interval) const {
  return do_watch_range(watcher, topic, first, last, interval);
}

caf::error presence_watches::unwatch_range(const caf::actor& watcher,
                                           const std::string& topic,
                                           std::size_t first,
                                           std::size_t last) const {
  return do_unwatch_range(watcher, topic, first, last);
}

} // namespace rollcall
