// Who follows which keys: in the thread of the caller, under the lock of the
// watch table. The watch dispatcher tells the followers.
#include "actors/request_check.hpp"
#include "actors/watch_call.hpp"
#include "rollcall/presence.hpp"

#include <caf/make_message.hpp>

#include <fmt/core.h>

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

namespace rollcall {

namespace {

/// Errors: `invalid_topic`, `invalid_key`, `too_many_follows`.
caf::error problem_of_keys(std::span<const std::string> keys,
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

/// A state of no keys, at once: it has no place among the changes of any key.
void tell_nothing(caf::execution_unit* context,
                  const caf::strong_actor_ptr& follower,
                  const std::string& topic_prefix) {
  follower->enqueue(nullptr, caf::make_message_id(),
                    caf::make_message(follow_state{topic_prefix, {}, {}}),
                    context);
}

} // namespace

caf::error presence_watches::do_follow(const detail::caller& by,
                                       std::span<const std::string> keys,
                                       const std::string& topic_prefix) const {
  return watch_call(*this, by.context, [&](runtime& node) -> caf::error {
    if (auto problem = first_of(check_local(by.actor, "follower", node),
                                problem_of_keys(keys, topic_prefix)))
      return problem;
    if (keys.empty()) {
      tell_nothing(by.context, by.actor, topic_prefix);
      return {};
    }
    if (auto problem = node.listen_for_followers())
      return problem;
    return refusal_of(node.watches->table.follow(by.actor, topic_prefix, keys),
                      node.settings);
  });
}

caf::error
presence_watches::do_unfollow(const detail::caller& by,
                              std::span<const std::string> keys,
                              const std::string& topic_prefix) const {
  return watch_call(*this, by.context, [&](runtime& node) -> caf::error {
    if (auto problem = problem_of_keys(keys, topic_prefix))
      return problem;
    if (by.actor)
      node.watches->table.unfollow(by.actor, topic_prefix, keys);
    return {};
  });
}

caf::error presence_watches::do_unfollow(const detail::caller& by) const {
  return watch_call(*this, by.context, [&](runtime& node) -> caf::error {
    if (by.actor)
      node.watches->table.unfollow_all(by.actor);
    return {};
  });
}

// -- on any thread ------------------------------------------------------------

caf::error presence_watches::follow(const caf::actor& follower,
                                    const std::vector<std::string>& keys,
                                    const std::string& topic_prefix) const {
  return do_follow(follower, keys, topic_prefix);
}

caf::error presence_watches::unfollow(const caf::actor& follower,
                                      const std::vector<std::string>& keys,
                                      const std::string& topic_prefix) const {
  return do_unfollow(follower, keys, topic_prefix);
}

caf::error presence_watches::unfollow(const caf::actor& follower) const {
  return do_unfollow(follower);
}

namespace {

/// @pre the node listens for followers.
std::vector<std::string> online_of(const runtime& node,
                                   const std::vector<std::string>& keys,
                                   std::string_view topic_prefix) {
  std::vector<std::string> result;
  for (const auto& key : keys)
    if (node.watches->table.is_online(key, topic_prefix))
      result.push_back(key);
  return result;
}

} // namespace

caf::expected<std::vector<std::string>>
presence_watches::find_online(const std::vector<std::string>& keys,
                              const std::string& topic_prefix) const {
  const auto node = runtime_of(*this);
  if (auto problem = check_started(node))
    return problem;
  if (auto problem = node->watches->check_open())
    return problem;
  if (auto problem = problem_of_keys(keys, topic_prefix)) {
    ++node->watch_refusals;
    return problem;
  }
  if (auto problem = node->listen_for_followers())
    return problem;
  auto result = online_of(*node, keys, topic_prefix);
  std::unordered_set<std::string> told;
  std::erase_if(result, [&told](const std::string& key) {
    return !told.insert(key).second;
  });
  return result;
}

std::vector<std::string>
presence_watches::online(const std::vector<std::string>& keys,
                         std::string_view topic_prefix) const {
  const auto node = runtime_of(*this);
  if (!node || node->listen_for_followers())
    return {};
  return online_of(*node, keys, topic_prefix);
}

namespace {

using ages = std::vector<std::optional<std::chrono::milliseconds>>;

ages ages_of(runtime& node, std::span<const std::string> keys) {
  ages result(keys.size());
  if (node.settings.last_seen_for.count() == 0 || node.listen_for_followers())
    return result;
  const auto now = tick_of(node.system.clock().now());
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (const auto when = node.watches->table.last_seen_of(keys[i], now))
      result[i]
          = std::chrono::duration_cast<std::chrono::milliseconds>(now - *when);
  return result;
}

} // namespace

std::optional<std::chrono::milliseconds>
presence_watches::last_seen(const std::string& key) const {
  const auto node = runtime_of(*this);
  return node ? ages_of(*node, {&key, 1}).front() : std::nullopt;
}

std::vector<std::optional<std::chrono::milliseconds>>
presence_watches::last_seen_many(const std::vector<std::string>& keys) const {
  const auto node = runtime_of(*this);
  return node ? ages_of(*node, keys) : ages(keys.size());
}

} // namespace rollcall
