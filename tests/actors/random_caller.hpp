#pragma once

#include "tests/actors/fault.hpp"
#include "tests/support/random.hpp"
#include <rollcall/presence.hpp>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::test {

/// An owner that cares about nothing.
inline caf::behavior indifferent(caf::event_based_actor* self) {
  self->set_default_handler(caf::drop);
  return {[](int) {}};
}

/// Makes calls at random: few topics and keys, so that callers meet.
class random_caller {
public:
  random_caller(presence who, std::uint64_t seed)
      : random_{seed},
        who_{std::move(who)} {
  }

  /// One call of any kind, by an actor (its `self`) or for one (its handle).
  template <class Self>
  void call(Self self) {
    switch (random_.below(8)) {
    case 0:
      return read_topic();
    case 1:
      return read_all();
    case 2:
      return subscribe(self);
    case 3:
      return watch(self);
    case 4:
      return write_many(self);
    default:
      return write(self);
    }
  }

  /// As a plain thread, for actors that may end meanwhile.
  void call_for(std::vector<caf::actor>& owners, caf::actor_system& system) {
    auto& owner = owners[random_.below(owners.size())];
    call<const caf::actor&>(owner);
    if (random_.below(20) == 0) {
      caf::anon_send_exit(owner, random_.below(2) == 0
                                     ? caf::exit_reason::kill
                                     : caf::exit_reason::user_shutdown);
      owner = system.spawn(indifferent);
    }
    if (random_.below(50) == 0)
      crash();
  }

private:
  using strings = std::vector<std::string>;

  static constexpr std::chrono::milliseconds interval{10};

  std::string topic() {
    return "topic" + std::to_string(random_.below(6));
  }

  std::string key() {
    return "key" + std::to_string(random_.below(8));
  }

  template <class Self>
  void write(Self self) {
    switch (random_.below(6)) {
    case 0:
      who_.update(self, topic(), key(), R"({"v":1})");
      break;
    case 1:
      who_.update(self, topic(), key(), [this](const entry& old) {
        return who_.list("topic1").empty() ? std::string{"{}"}
                                           : std::string{old.meta()};
      });
      break;
    case 2:
      who_.patch(self, topic(), key(), R"({"p":[1]})");
      break;
    case 3:
      who_.untrack(self, topic(), key());
      break;
    default:
      who_.track(self, topic(), key(), "{}",
                 {.linger_ms = random_.below(4) == 0 ? 5u : 0u});
      break;
    }
  }

  template <class Self>
  void write_many(Self self) {
    switch (random_.below(6)) {
    case 0:
      who_.update_many(self, {{topic(), key(), "{}"}, {topic(), key(), "{}"}});
      break;
    case 1:
      who_.untrack_many(self, {{topic(), key()}, {topic(), key()}});
      break;
    case 2:
      who_.untrack(self);
      break;
    case 3:
      who_.end_topic(topic());
      break;
    default:
      who_.track_many(self, {{topic(), key()}, {topic(), key()}});
      break;
    }
  }

  template <class Self>
  void subscribe(Self self) {
    switch (random_.below(4)) {
    case 0:
      who_.unsubscribe(self, topic());
      break;
    case 1:
      who_.broadcast(
          std::make_shared<topic_event>(topic_event{topic(), "e", "{}"}));
      break;
    case 2:
      who_.tell(topic(), key(), caf::make_message(1));
      break;
    default:
      who_.subscribe(self, topic(), {.wants_passed = random_.below(2) == 0});
      break;
    }
  }

  template <class Self>
  void watch(Self self) {
    switch (random_.below(7)) {
    case 0:
      who_.unfollow(self, strings{key()});
      break;
    case 1:
      who_.unfollow(self);
      break;
    case 2:
      who_.watch_counts(self, "topic*", interval);
      break;
    case 3:
      who_.unwatch_counts(self, "topic*");
      break;
    case 4:
      who_.watch_range(self, topic(), 0, 20, interval);
      break;
    case 5:
      who_.unwatch_range(self, topic(), 0, 20);
      break;
    default:
      who_.follow(self, strings{key(), key()},
                  random_.below(2) == 0 ? topic() : std::string{});
      break;
    }
  }

  void read_topic() {
    const auto name = topic();
    switch (random_.below(5)) {
    case 0:
      for (const auto& one : who_.list(name))
        seen_ += one.key().size() + one.meta().size();
      break;
    case 1:
      seen_ += who_.fetch_list(name)->presences.size();
      break;
    case 2:
      seen_ += who_.get_by_key(name, key()).size();
      break;
    case 3:
      seen_ += who_.count(name).presences;
      break;
    default:
      seen_ += who_.page(name, 3, key()).presences.size();
      break;
    }
  }

  void read_all() {
    switch (random_.below(5)) {
    case 0:
      seen_ += who_.topics(3, topic()).size();
      break;
    case 1:
      seen_ += who_.online({key(), key()}).size();
      break;
    case 2:
      seen_ += who_.last_seen_many({key(), key()}).size();
      break;
    case 3:
      seen_ += who_.settings().shard_count;
      break;
    default:
      seen_ += who_.stats().presences;
      break;
    }
  }

  /// An actor of Rollcall crashes, and is started again.
  void crash() {
    const auto end = [](const auto& actor) {
      caf::anon_send_exit(actor, caf::exit_reason::kill);
    };
    switch (random_.below(3)) {
    case 0:
      return end(testing::shard_of(who_, topic()));
    case 1:
      return end(testing::dispatcher_of(who_, topic()));
    default:
      return end(presence_internals::of(who_).watches->dispatcher());
    }
  }

  random_source random_;
  presence who_;
  std::size_t seen_ = 0;
};

} // namespace rollcall::test
