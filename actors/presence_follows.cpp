// Who follows which keys: in the thread of the caller, under the lock of the
// follow table. The watch dispatcher tells the followers.
#include "actors/caller_check.hpp"
#include "actors/request_check.hpp"
#include "actors/runtime.hpp"
#include "rollcall/presence.hpp"

#include <fmt/core.h>

#include <new>
#include <span>

namespace rollcall {

namespace {

/// Errors: `invalid_topic`, `invalid_key`, `too_many_follows`.
caf::error check_keys(std::span<const std::string> keys,
                      std::string_view topic_prefix) {
  if (keys.size() > limits::follow_keys_max)
    return make_error(ec::too_many_follows,
                      fmt::format("{} keys in one call, {} are allowed",
                                  keys.size(), limits::follow_keys_max));
  if (!topic_prefix.empty())
    if (auto problem = check_topic(topic_prefix))
      return problem;
  for (const auto& key : keys)
    if (auto problem = check_key(key))
      return problem;
  return {};
}

caf::error refusal_of(crdt::follow_core::answer answer,
                      const config& settings) {
  using enum crdt::follow_core::answer;
  switch (answer) {
  case done:
    break;
  case too_many:
    return make_error(ec::too_many_follows,
                      fmt::format("the actor would follow more than {} keys, "
                                  "the most that follows_max allows",
                                  settings.follows_max));
  case calls_waiting:
    return make_error(ec::too_many_follows,
                      fmt::format("{} calls wait for their states to be told, "
                                  "the most that may; try later",
                                  limits::waiting_subscriptions_max));
  }
  return {};
}

} // namespace

caf::error presence::do_follow(caf::execution_unit* context,
                               const caf::strong_actor_ptr& follower,
                               std::span<const std::string> keys,
                               const std::string& topic_prefix) const {
  if (auto problem = check_started(impl_))
    return problem;
  auto& watches = *impl_->watches;
  if (auto problem = watches.check_open())
    return problem;
  if (auto problem = first_of(check_local(follower, "follower", *impl_),
                              check_keys(keys, topic_prefix)))
    return problem;
  if (auto problem = impl_->listen_for_followers())
    return problem;
  try {
    if (auto problem
        = refusal_of(watches.table.follow(follower, topic_prefix, keys),
                     impl_->settings))
      return problem;
  } catch (const std::bad_alloc&) {
    watches.out_of_memory();
    return watches.check_open();
  }
  watches.wake(context);
  return {};
}

caf::error presence::do_unfollow(caf::execution_unit* context,
                                 const caf::strong_actor_ptr& follower,
                                 std::span<const std::string> keys,
                                 const std::string& topic_prefix) const {
  if (auto problem = check_started(impl_))
    return problem;
  auto& watches = *impl_->watches;
  if (auto problem = watches.check_open())
    return problem;
  if (!follower)
    return {};
  watches.table.unfollow(follower, topic_prefix, keys);
  watches.wake(context);
  return {};
}

caf::error presence::do_unfollow(caf::execution_unit* context,
                                 const caf::strong_actor_ptr& follower) const {
  if (auto problem = check_started(impl_))
    return problem;
  auto& watches = *impl_->watches;
  if (auto problem = watches.check_open())
    return problem;
  if (!follower)
    return {};
  watches.table.unfollow_all(follower);
  watches.wake(context);
  return {};
}

// -- on any thread ------------------------------------------------------------

caf::error presence::follow(const caf::actor& follower,
                            const std::vector<std::string>& keys,
                            const std::string& topic_prefix) const {
  return do_follow(nullptr, pointer_of(follower), keys, topic_prefix);
}

caf::error presence::unfollow(const caf::actor& follower,
                              const std::vector<std::string>& keys,
                              const std::string& topic_prefix) const {
  return do_unfollow(nullptr, pointer_of(follower), keys, topic_prefix);
}

caf::error presence::unfollow(const caf::actor& follower) const {
  return do_unfollow(nullptr, pointer_of(follower));
}

std::vector<std::string> presence::online(const std::vector<std::string>& keys,
                                          std::string_view topic_prefix) const {
  std::vector<std::string> result;
  if (!impl_ || impl_->listen_for_followers())
    return result;
  for (const auto& key : keys)
    if (impl_->watches->table.is_online(key, topic_prefix))
      result.push_back(key);
  return result;
}

} // namespace rollcall
