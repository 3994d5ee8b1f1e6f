#include "tests/actors/churn.hpp"

#include "tests/actors/fault.hpp"
#include "tests/actors/one_node.hpp"

#include <caf/scoped_actor.hpp>

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <thread>

namespace rollcall::testing {

namespace {

using namespace std::literals;
using test::task;

constexpr std::size_t topic_count = 20;
constexpr std::size_t untouched_count = 100;
constexpr std::size_t steps_per_crash = 200;
constexpr auto patience = 60s;

std::string topic_name(std::size_t number) {
  return "topic" + std::to_string(number % topic_count);
}

/// What one owner believes of its key in a topic; unknown after an error.
using belief = std::optional<bool>;

/// An owner with its beliefs, which its own actor writes.
struct churner {
  std::string key;
  std::mutex mutex;
  std::map<std::string, belief> beliefs;
  caf::actor handle;
  std::atomic<std::size_t> pending = 0; ///< Calls not answered yet.

  void believe(const std::string& topic, belief held) {
    const std::lock_guard guard{mutex};
    beliefs[topic] = held;
  }
};

/// Everything that subscribers were told, replayed.
struct observer_log {
  std::mutex mutex;
  std::map<std::string, std::set<std::string>> views; ///< Topic to refs.
  std::size_t impossible = 0;
  std::size_t flickers = 0;

  void apply(const topic_snapshot& first) {
    const std::lock_guard guard{mutex};
    auto& view = views[first.topic];
    for (const auto& presence : first.presences)
      view.insert(presence.phx_ref());
  }

  void apply(const diff& change) {
    const std::lock_guard guard{mutex};
    auto& view = views[change.topic];
    for (const auto& joined : change.joins) {
      impossible += view.insert(joined->phx_ref()).second ? 0 : 1;
      flickers += joined->key().starts_with("untouched") ? 1 : 0;
    }
    for (const auto& left : change.leaves) {
      impossible += view.erase(left->phx_ref()) == 1 ? 0 : 1;
      flickers += left->key().starts_with("untouched") ? 1 : 0;
    }
  }

  std::set<std::string> view(const std::string& topic) {
    const std::lock_guard guard{mutex};
    return views[topic];
  }
};

caf::behavior observer(caf::event_based_actor*, observer_log* log) {
  return {
      [log](const topic_snapshot_ptr& first) { log->apply(*first); },
      [log](const diff_ptr& change) { log->apply(*change); },
  };
}

class churn {
public:
  churn(std::uint64_t seed, std::size_t owners) : rng_{seed}, owners_(owners) {
    config settings;
    settings.shard_count = 2;
    settings.diff_window = 2ms;
    who_ = *presence::start(system_, settings);
    observer_ = system_.spawn(observer, &log_);
    for (std::size_t i = 0; i < untouched_count; ++i)
      start_untouched(i);
    for (std::size_t i = 0; i < topic_count; ++i)
      who_.subscribe(observer_, topic_name(i));
    for (std::size_t i = 0; i < owners; ++i) {
      owners_[i].key = "owner" + std::to_string(i);
      owners_[i].handle = system_.spawn(test::obedient);
    }
  }

  ~churn() {
    for (auto& owner : owners_)
      caf::anon_send_exit(owner.handle, caf::exit_reason::kill);
    for (const auto& actor : untouched_)
      caf::anon_send_exit(actor, caf::exit_reason::kill);
    caf::anon_send_exit(observer_, caf::exit_reason::kill);
    who_.stop();
  }

  churn_report run(std::size_t crashes) {
    for (std::size_t i = 0; i < crashes; ++i) {
      for (std::size_t step = 0; step < steps_per_crash; ++step)
        act(owners_[rng_() % owners_.size()]);
      const auto topic = topic_name(rng_());
      if (rng_() % 2 == 0)
        caf::anon_send_exit(shard_of(who_, topic), caf::exit_reason::kill);
      else
        throw_in_shard(who_, topic);
      if (!wait_until([&] { return who_.stats().shard_restarts == i + 1; }))
        break; // The report says how many there were.
    }
    return report();
  }

private:
  void start_untouched(std::size_t number) {
    untouched_.push_back(system_.spawn(test::obedient));
    who_.track(untouched_.back(), topic_name(number),
               "untouched" + std::to_string(number), "{}");
  }

  void act(churner& owner) {
    const auto topic = topic_name(rng_());
    switch (rng_() % 10) {
    case 8:
    case 9:
      return write_directly(owner, topic);
    case 0:
      return replace(owner);
    case 1:
    case 2:
      return untrack(owner, topic);
    case 3:
    case 4:
      return update(owner, topic);
    default:
      return track(owner, topic);
    }
  }

  /// The owner dies; another one takes its name.
  void replace(churner& owner) {
    wait_until([&] { return owner.pending == 0; });
    caf::anon_send_exit(owner.handle, caf::exit_reason::kill);
    const std::lock_guard guard{owner.mutex};
    owner.beliefs.clear();
    owner.handle = system_.spawn(test::obedient);
  }

  /// From this thread, past the mailbox of a shard that may be down.
  void write_directly(churner& owner, const std::string& topic) {
    wait_until([&] { return owner.pending == 0; });
    if (rng_() % 2 == 0) {
      who_.untrack(owner.handle, topic, owner.key);
      owner.believe(topic, false);
      return;
    }
    const auto done = who_.track(owner.handle, topic, owner.key, "{}");
    const bool is_there = done || code_of(done.error()) == ec::already_tracked;
    owner.believe(topic, is_there);
  }

  void track(churner& owner, const std::string& topic) {
    send(owner, [=, this, &owner](caf::event_based_actor* self) {
      who_.track(self, topic, owner.key, "{}")
          .then([=, this, &owner](const tracked&) { done(owner, topic, true); },
                [=, this, &owner](const caf::error& problem) {
                  // A crash leaves it open what became of the call.
                  done(owner, topic,
                       code_of(problem) == ec::already_tracked ? belief{true}
                                                               : belief{});
                });
    });
  }

  void untrack(churner& owner, const std::string& topic) {
    send(owner, [=, this, &owner](caf::event_based_actor* self) {
      who_.untrack(self, topic, owner.key)
          .then([=, this, &owner] { done(owner, topic, false); },
                [=, this, &owner](const caf::error&) {
                  done(owner, topic, belief{});
                });
    });
  }

  void update(churner& owner, const std::string& topic) {
    send(owner, [=, this, &owner](caf::event_based_actor* self) {
      who_.update(self, topic, owner.key, "{\"v\":1}")
          .then([this, &owner](const tracked&) { answered(owner); },
                [this, &owner](const caf::error&) { answered(owner); });
    });
  }

  void send(churner& owner, task work) {
    ++asked_;
    ++owner.pending;
    caf::anon_send(owner.handle, std::move(work));
  }

  void done(churner& owner, const std::string& topic, belief held) {
    owner.believe(topic, held);
    answered(owner);
  }

  void answered(churner& owner) {
    --owner.pending;
    ++answered_;
  }

  template <class Condition>
  bool wait_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition())
      if (std::chrono::steady_clock::now() > deadline)
        return false;
      else
        std::this_thread::yield();
    return true;
  }

  churn_report report() {
    churn_report result;
    result.crashes = who_.stats().shard_restarts;
    wait_until([&] { return answered_ == asked_; });
    result.unanswered = asked_ - answered_;
    wait_until([&] { return wrong_lists() == 0 && wrong_views() == 0; });
    result.wrong_lists = wrong_lists();
    result.wrong_views = wrong_views();
    result.presences = who_.stats().presences;
    const std::lock_guard guard{log_.mutex};
    result.impossible_diffs = log_.impossible;
    result.flickers = log_.flickers;
    return result;
  }

  std::size_t wrong_lists() {
    std::size_t result = 0;
    for (auto& owner : owners_) {
      const std::lock_guard guard{owner.mutex};
      for (std::size_t i = 0; i < topic_count; ++i)
        result += is_listed_rightly(owner, topic_name(i)) ? 0 : 1;
    }
    return result;
  }

  bool is_listed_rightly(churner& owner, const std::string& topic) {
    const auto listed = who_.get_by_key(topic, owner.key);
    for (const auto& presence : listed)
      if (presence->owner() != owner.handle->id())
        return false; // somebody who is dead
    const auto known = owner.beliefs.find(topic);
    if (known == owner.beliefs.end())
      return listed.empty();
    return !known->second || listed.size() == (*known->second ? 1u : 0u);
  }

  std::size_t wrong_views() {
    std::size_t result = 0;
    for (std::size_t i = 0; i < topic_count; ++i) {
      std::set<std::string> listed;
      for (const auto& presence : who_.list(topic_name(i)))
        listed.insert(presence.phx_ref());
      result += listed == log_.view(topic_name(i)) ? 0 : 1;
    }
    return result;
  }

  std::mt19937_64 rng_;
  caf::actor_system_config settings_;
  caf::actor_system system_{settings_};
  presence who_;
  observer_log log_;
  caf::actor observer_;
  std::vector<churner> owners_;
  std::vector<caf::actor> untouched_;
  std::atomic<std::size_t> asked_ = 0;
  std::atomic<std::size_t> answered_ = 0;
};

} // namespace

churn_report churn_with_crashes(std::uint64_t seed, std::size_t owners,
                                std::size_t crashes) {
  return churn{seed, owners}.run(crashes);
}

} // namespace rollcall::testing
