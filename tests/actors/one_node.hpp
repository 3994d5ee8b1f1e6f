#pragma once

#include "tests/support/texts.hpp"
#include <rollcall/presence.hpp>
#include <rollcall/testing/deterministic_system.hpp>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rollcall::test {

/// Something that a test wants an actor to do.
using task = std::function<void(caf::event_based_actor*)>;

} // namespace rollcall::test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::test::task)

namespace rollcall::test {

/// An owner of presences that does what it is told.
inline caf::behavior obedient(caf::event_based_actor* self) {
  return {[self](const task& work) { work(self); }};
}

/// What one subscriber was told, in words: "state alice bob", "+carol -bob",
/// "event ping".
using transcript = texts;

/// Keys and references that a subscriber would show, from all it was told.
struct replayed_view {
  std::vector<std::string> refs;

  void apply(const topic_snapshot& first) {
    refs.clear();
    for (const auto& presence : first.presences)
      refs.push_back(presence.phx_ref());
  }

  /// @returns whether the diff was possible: nothing joined twice, nothing
  /// left that was not there.
  bool apply(const diff& change) {
    for (const auto& joined : change.joins) {
      if (std::find(refs.begin(), refs.end(), joined->phx_ref()) != refs.end())
        return false;
      refs.push_back(joined->phx_ref());
    }
    for (const auto& left : change.leaves)
      if (std::erase(refs, left->phx_ref()) != 1)
        return false;
    return true;
  }
};

inline std::string words(const diff& change) {
  std::string result;
  for (const auto& joined : change.joins)
    result += " +" + std::string{joined->key()};
  for (const auto& left : change.leaves)
    result += " -" + std::string{left->key()};
  return result.empty() ? result : result.substr(1);
}

inline std::string words(const topic_snapshot& first) {
  std::string result = "state";
  for (const auto& presence : first.presences)
    result += " " + std::string{presence.key()};
  return result;
}

inline caf::behavior scribe(caf::event_based_actor* self,
                            std::shared_ptr<transcript> out,
                            std::shared_ptr<replayed_view> view) {
  return {
      [out, view](const topic_snapshot_ptr& first) {
        view->apply(*first);
        out->push_back(words(*first));
      },
      [out, view](const diff_ptr& change) {
        out->push_back(view->apply(*change) ? words(*change) : "impossible");
      },
      [out](const topic_event_ptr& event) {
        out->push_back("event " + event->event);
      },
      [self](const task& work) { work(self); },
  };
}

/// One node on a deterministic system, with owners and subscribers.
struct one_node {
  explicit one_node(config settings = quiet_config(),
                    hooks_factory make_hooks = {})
      : who{*presence::start(world.system(), std::move(settings),
                             std::move(make_hooks))} {
    world.settle();
  }

  one_node(const one_node&) = delete;
  one_node& operator=(const one_node&) = delete;

  ~one_node() {
    for (const auto& actor : actors)
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    who.request_stop();
    world.settle();
  }

  /// Every change is a diff of its own.
  static config quiet_config() {
    config result;
    result.diff_window = std::chrono::milliseconds{0};
    return result;
  }

  caf::actor owner() {
    actors.push_back(world.system().spawn(obedient));
    return actors.back();
  }

  /// Has `owner` do something and waits for all that follows.
  void in(const caf::actor& owner, task work) {
    caf::anon_send(owner, std::move(work));
    world.settle();
  }

  /// Tracks and returns what was answered: a phx_ref, or the name of an error.
  std::string track(const caf::actor& owner, const std::string& topic,
                    const std::string& key, const std::string& meta = "{}",
                    track_options options = {}) {
    auto answer = std::make_shared<std::string>("silence");
    in(owner, [=, this](caf::event_based_actor* self) {
      who.track(self, topic, key, meta, options)
          .then([=](const tracked& done) { *answer = done.phx_ref(); },
                [=](const caf::error& problem) { *answer = name(problem); });
    });
    return *answer;
  }

  /// Updates and returns the new phx_ref and the one before, or an error.
  template <class Meta>
  std::pair<std::string, std::string>
  update(const caf::actor& owner, const std::string& topic,
         const std::string& key, Meta meta) {
    auto answer = std::make_shared<std::pair<std::string, std::string>>();
    in(owner, [=, this](caf::event_based_actor* self) {
      who.update(self, topic, key, meta)
          .then(
              [=](const tracked& done) {
                *answer = {done.phx_ref(), done.phx_ref_prev()};
              },
              [=](const caf::error& problem) {
                answer->first = name(problem);
              });
    });
    return *answer;
  }

  void untrack(const caf::actor& owner, const std::string& topic,
               const std::string& key) {
    in(owner, [=, this](caf::event_based_actor* self) {
      who.untrack(self, topic, key).then([] {});
    });
  }

  void untrack(const caf::actor& owner) {
    in(owner,
       [this](caf::event_based_actor* self) { who.untrack(self).then([] {}); });
  }

  void kill(const caf::actor& owner,
            caf::exit_reason reason = caf::exit_reason::kill) {
    caf::anon_send_exit(owner, reason);
    world.settle();
  }

  /// A subscriber of a topic; `told` and `view` are those of the last one.
  caf::actor subscriber(const std::string& topic) {
    told = std::make_shared<transcript>();
    view = std::make_shared<replayed_view>();
    actors.push_back(world.system().spawn(scribe, told, view));
    subscribe(actors.back(), topic);
    return actors.back();
  }

  void subscribe(const caf::actor& who_asks, const std::string& topic) {
    in(who_asks, [=, this](caf::event_based_actor* self) {
      who.subscribe(self, topic).then([] {});
    });
  }

  std::vector<std::string> keys(const std::string& topic) const {
    std::vector<std::string> result;
    for (const auto& presence : who.list(topic))
      result.emplace_back(presence.key());
    return result;
  }

  static std::string name(const caf::error& problem) {
    const auto code = code_of(problem);
    return code == ec::none ? "caf" : std::string{to_string(code)};
  }

  testing::deterministic_system world;
  std::vector<caf::actor> actors;
  presence who;
  std::shared_ptr<transcript> told;
  std::shared_ptr<replayed_view> view;
};

} // namespace rollcall::test

/// Expects that the last subscriber was told just this.
#define EXPECT_TOLD(...) CHECK_TEXTS(*told, __VA_ARGS__)
