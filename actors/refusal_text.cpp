#include "actors/refusal_text.hpp"

#include "rollcall/error.hpp"
#include "rollcall/limits.hpp"

#include <fmt/core.h>

namespace rollcall {

caf::error error_of(const crdt::shard_answer& answer, std::string_view topic,
                    std::string_view key) {
  using crdt::refusal;
  switch (answer.why) {
  case refusal::none:
    break;
  case refusal::already_tracked:
    return make_error(ec::already_tracked,
                      fmt::format("the owner already has key '{}' in topic "
                                  "'{}'; update it or untrack it first",
                                  key, topic));
  case refusal::not_tracked:
    return make_error(
        ec::not_tracked,
        fmt::format("the owner has no key '{}' in topic '{}'", key, topic));
  case refusal::conflict:
    return make_error(ec::conflict, "the presence was changed meanwhile");
  case refusal::too_many_presences:
    return make_error(ec::too_many_presences,
                      fmt::format("the topic has {} presences, the most that "
                                  "presences_per_topic_max allows",
                                  answer.count));
  case refusal::too_many_subscribers:
    return make_error(ec::too_many_subscribers,
                      fmt::format("the topic has {} subscribers, the most that "
                                  "subscribers_per_topic_max allows",
                                  answer.count));
  case refusal::subscriptions_waiting:
    return make_error(ec::too_many_subscribers,
                      fmt::format("{} subscriptions wait for a slow hook, the "
                                  "most that may; try later",
                                  limits::waiting_subscriptions_max));
  case refusal::key_taken:
    return make_error(ec::key_taken,
                      fmt::format("another session has key '{}' in topic "
                                  "'{}', which allows a key one, the oldest",
                                  key, topic));
  }
  return {};
}

caf::error not_started() {
  return make_error(ec::not_started,
                    "the handle was default-constructed; presence::start "
                    "gives one that works");
}

} // namespace rollcall
