// What one node's actors reach: track, update and untrack from 1 and 8 callers,
// lists and counts from threads, and the end of many owners at once.
//
//   actors_bench
#include "tests/bench/report.hpp"
#include <rollcall/presence.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::literals;
using namespace rollcall;
using rollcall::bench::keep;
using rollcall::bench::report;
using wall = std::chrono::steady_clock;

constexpr const char* meta = R"({"online_at":"1795500000","dev":"phone"})";
constexpr std::size_t rounds = 5;

enum class job { track, update, untrack };

/// One caller: does `count` calls with at most `in_flight` unanswered.
struct caller_state {
  presence who;
  std::string prefix;
  std::size_t per_topic = 10;
  std::size_t count = 0;
  std::size_t in_flight = 1;
  std::size_t started = 0;
  std::size_t answered = 0;
  job work = job::track;
  caf::actor report_to;
};

using caller_actor = caf::stateful_actor<caller_state>;

void start_next(caller_actor* self);

void one_done(caller_actor* self) {
  auto& state = self->state;
  if (++state.answered == state.count)
    self->send(state.report_to, caf::ok_atom_v);
  else if (state.started < state.count)
    start_next(self);
}

void start_next(caller_actor* self) {
  auto& state = self->state;
  const auto number = state.started++;
  const auto topic = state.prefix + std::to_string(number / state.per_topic);
  const auto key = "user-" + std::to_string(number % state.per_topic);
  const auto done = [self](const tracked&) { one_done(self); };
  const auto failed = [](const caf::error& problem) {
    std::fprintf(stderr, "%s\n", describe(problem).c_str());
    std::abort();
  };
  if (state.work == job::track)
    state.who.track(self, topic, key, meta).then(done, failed);
  else if (state.work == job::update)
    state.who.update(self, topic, key, meta).then(done, failed);
  else
    state.who.untrack(self, topic, key)
        .then([self] { one_done(self); }, failed);
}

caf::behavior caller(caller_actor* self, presence who, std::string prefix,
                     std::size_t per_topic, std::size_t count,
                     std::size_t in_flight) {
  self->state.who = std::move(who);
  self->state.prefix = std::move(prefix);
  self->state.per_topic = per_topic;
  self->state.count = count;
  self->state.in_flight = in_flight;
  return {[self](int work, const caf::actor& report_to) {
    auto& state = self->state;
    state.work = static_cast<job>(work);
    state.report_to = report_to;
    state.started = state.answered = 0;
    while (state.started < std::min(state.in_flight, state.count))
      start_next(self);
  }};
}

/// A fresh node for each figure.
struct node {
  node() {
    config settings;
    settings.shard_count = 2;
    who = *presence::start(system, settings);
  }
  node(const node&) = delete;
  node& operator=(const node&) = delete;
  ~node() {
    who.stop();
  }

  caf::actor_system_config actor_settings;
  caf::actor_system system{actor_settings};
  presence who;
};

double rate_of(caf::scoped_actor& self, const std::vector<caf::actor>& callers,
               job work, std::size_t total) {
  const auto start = wall::now();
  for (const auto& one : callers)
    self->send(one, static_cast<int>(work), caf::actor{self});
  for (std::size_t i = 0; i < callers.size(); ++i)
    self->receive([](caf::ok_atom) {});
  const std::chrono::duration<double> spent = wall::now() - start;
  return static_cast<double>(total) / spent.count();
}

void calls(std::size_t caller_count, std::size_t per_topic,
           std::size_t in_flight, const std::string& label) {
  constexpr std::size_t total = 200'000;
  std::vector<double> tracks, updates, untracks;
  for (std::size_t round = 0; round < rounds; ++round) {
    node here;
    caf::scoped_actor self{here.system};
    std::vector<caf::actor> callers;
    for (std::size_t i = 0; i < caller_count; ++i)
      callers.push_back(here.system.spawn(
          caller, here.who, "caller" + std::to_string(i) + ":", per_topic,
          total / caller_count, in_flight));
    tracks.push_back(rate_of(self, callers, job::track, total));
    updates.push_back(rate_of(self, callers, job::update, total));
    untracks.push_back(rate_of(self, callers, job::untrack, total));
    for (const auto& one : callers)
      self->send_exit(one, caf::exit_reason::kill);
  }
  const auto median = [](std::vector<double>& all) {
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
  };
  report("actors", "track, " + label, median(tracks), "1/s");
  report("actors", "update, " + label, median(updates), "1/s");
  report("actors", "untrack, " + label, median(untracks), "1/s");
}

/// One plain thread, past the mailboxes.
void thread_calls() {
  constexpr std::size_t total = 200'000;
  node here;
  const auto owner
      = here.system.spawn(caller, here.who, "owner", std::size_t{1},
                          std::size_t{1}, std::size_t{1});
  const auto rate = [&](const std::string& figure, auto call) {
    const auto start = wall::now();
    for (std::size_t i = 0; i < total; ++i)
      call("room" + std::to_string(i / 10), "user-" + std::to_string(i % 10));
    const std::chrono::duration<double> spent = wall::now() - start;
    report("actors", figure + ", a plain thread", total / spent.count(), "1/s");
  };
  rate("track", [&](const std::string& topic, const std::string& key) {
    keep(here.who.track(owner, topic, key, meta));
  });
  rate("update", [&](const std::string& topic, const std::string& key) {
    keep(here.who.update(owner, topic, key, meta));
  });
  rate("untrack", [&](const std::string& topic, const std::string& key) {
    keep(here.who.untrack(owner, topic, key));
  });
  caf::anon_send_exit(owner, caf::exit_reason::kill);
}

/// Fills `topic` with `size` presences of one owner.
caf::actor fill(node& here, const std::string& topic, std::size_t size) {
  caf::scoped_actor self{here.system};
  auto owner
      = here.system.spawn(caller, here.who, topic, size, size, std::size_t{64});
  self->send(owner, static_cast<int>(job::track), caf::actor{self});
  self->receive([](caf::ok_atom) {});
  return owner;
}

void reads(std::size_t size) {
  node here;
  const auto owner = fill(here, "big", size);
  const std::string topic = "big0";
  const auto label = " of " + std::to_string(size);
  const auto time_of = [&](const std::string& figure, auto call) {
    constexpr std::size_t calls = 200'000;
    report("actors", figure + label,
           bench::median_of(rounds,
                            [&] {
                              const bench::stopwatch watch;
                              for (std::size_t i = 0; i < calls; ++i)
                                call(i);
                              return watch.seconds() * 1e9 / calls;
                            }),
           "ns");
  };
  time_of("list", [&](std::size_t) { keep(here.who.list(topic)); });
  time_of("count", [&](std::size_t) { keep(here.who.count(topic)); });
  time_of("get_by_key", [&](std::size_t i) {
    keep(here.who.get_by_key(topic, "user-" + std::to_string(i % size)));
  });
  // The same beside a writer that goes on.
  std::atomic<bool> is_over = false;
  std::thread writer{[&] {
    while (!is_over)
      keep(here.who.update(owner, topic, "user-0", "{}"));
  }};
  time_of("list beside updates,",
          [&](std::size_t) { keep(here.who.list(topic)); });
  is_over = true;
  writer.join();
  caf::anon_send_exit(owner, caf::exit_reason::kill);
}

constexpr std::size_t owners_count = 10'000;
using owners = std::vector<caf::actor>;

/// Owners with one presence each, ten in a room.
owners spawn_owners(node& here, caf::scoped_actor& self) {
  owners result;
  for (std::size_t i = 0; i < owners_count; ++i)
    result.push_back(here.system.spawn(
        caller, here.who, "room" + std::to_string(i / 10) + ":", std::size_t{1},
        std::size_t{1}, std::size_t{1}));
  rate_of(self, result, job::track, owners_count);
  return result;
}

/// Milliseconds from the first kill until `are_gone()`.
template <class Predicate>
double kill(const owners& all, Predicate are_gone) {
  const bench::stopwatch watch;
  for (const auto& one : all)
    caf::anon_send_exit(one, caf::exit_reason::kill);
  while (!are_gone())
    std::this_thread::yield();
  return watch.seconds() * 1e3;
}

void many_ends(std::size_t others) {
  const auto time = bench::median_of(rounds, [&] {
    node here;
    caf::actor rest;
    if (others > 0)
      rest = fill(here, "others", others);
    caf::scoped_actor self{here.system};
    const auto all = spawn_owners(here, self);
    const auto result
        = kill(all, [&] { return here.who.stats().presences <= others; });
    if (rest)
      caf::anon_send_exit(rest, caf::exit_reason::kill);
    return result;
  });
  report("actors",
         "10k owners killed until all gone, " + std::to_string(others)
             + " others",
         time, "ms");
}

/// The same actors when they hold nothing any more: what CAF itself takes, so
/// the end of owners cannot take less.
void many_ends_of_nobody() {
  const auto time = bench::median_of(rounds, [] {
    node here;
    caf::scoped_actor self{here.system};
    const auto all = spawn_owners(here, self);
    rate_of(self, all, job::untrack, owners_count);
    std::atomic<std::size_t> ended = 0;
    for (const auto& one : all)
      caf::actor_cast<caf::abstract_actor*>(one)->attach_functor(
          [&ended] { ++ended; });
    return kill(all, [&] { return ended == owners_count; });
  });
  report("actors", "10k actors that hold nothing killed until all gone", time,
         "ms");
}

} // namespace

int main() {
  calls(1, 10, 1, "1 caller, one call at a time");
  calls(1, 10, 64, "1 caller");
  calls(8, 10, 64, "8 callers");
  calls(8, 1000, 64, "8 callers, 1000 per topic");
  thread_calls();
  for (const std::size_t size : {10u, 1000u, 10'000u})
    reads(size);
  many_ends(0);
  many_ends(100'000);
  many_ends_of_nobody();
}
