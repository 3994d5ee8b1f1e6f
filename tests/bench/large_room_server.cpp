// A node with one large room, for large_room.mjs: the built-in channel on any
// free port, which it prints, and presences of one actor in the topic
// `room:large`.
//
//   large_room_server PRESENCES
//
// Each line `RATE SECONDS` of its input has so many changes happen each second,
// every second one a leave and the next one a join, all over the order of keys.
// The answer is a line of JSON: the changes, and the processor time of the
// process meanwhile. It ends with its input.
#include "app/node/presence_channel.hpp"
#include <rollcall/gateway.hpp>
#include <rollcall/presence.hpp>
#include <rollcall/scoped.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <time.h>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

using wall = std::chrono::steady_clock;

constexpr auto topic = "room:large";

double processor_us() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6
         + static_cast<double>(time.tv_nsec) * 1e-3;
}

caf::behavior owner(caf::event_based_actor*) {
  return {[](int) {}};
}

class large_room {
public:
  large_room(caf::actor_system& system, const rollcall::presence& who,
             std::size_t presences)
      : owner_{system.spawn<caf::hidden>(owner)},
        who_{who},
        presences_{presences} {
    for (std::size_t i = 0; i < presences; ++i)
      join(i);
  }

  ~large_room() {
    caf::anon_send_exit(owner_, caf::exit_reason::user_shutdown);
  }

  void churn(std::size_t rate, std::size_t seconds) {
    const auto before = processor_us();
    const auto start = wall::now();
    const auto changes = rate * seconds;
    std::size_t gone = 0;
    for (std::size_t i = 0; i < changes; ++i) {
      std::this_thread::sleep_until(start + std::chrono::seconds{1} * i / rate);
      if (i % 2 != 0) {
        join(gone);
        continue;
      }
      gone = random_() % presences_;
      who_.untrack(owner_, topic, key_of(gone));
    }
    std::this_thread::sleep_until(start + std::chrono::seconds{seconds});
    std::printf("{\"changes\":%zu,\"cpu_us\":%.0f}\n", changes,
                processor_us() - before);
    std::fflush(stdout);
  }

private:
  static std::string key_of(std::size_t i) {
    auto number = std::to_string(i);
    return "user-" + std::string(7 - number.size(), '0') + number;
  }

  void join(std::size_t i) {
    const auto done
        = who_.track(owner_, topic, key_of(i), R"({"status":"playing"})");
    if (!done)
      throw std::runtime_error{rollcall::describe(done.error())};
  }

  caf::actor owner_;
  rollcall::presence who_;
  std::size_t presences_;
  std::mt19937_64 random_{1};
};

} // namespace

int main(int count, char** arguments) {
  const std::size_t presences
      = count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 1000;
  caf::actor_system_config config;
  caf::actor_system system{config};
  rollcall::scoped who{*rollcall::presence::start(system)};
  rollcall::gateway_config settings;
  settings.port = 0;
  rollcall::scoped web{*rollcall::gateway::start(system, *who, settings)};
  auto context = std::make_shared<rollcall::node::channel_context>();
  context->who = *who;
  web->channel("room:*", rollcall::node::make_presence_channel(context));
  if (const auto wrong = web->listen())
    return std::fprintf(stderr, "%s\n", rollcall::describe(wrong).c_str()), 1;
  large_room room{system, *who, presences};
  std::printf("{\"port\":%d}\n", int{web->port()});
  std::fflush(stdout);
  std::size_t rate = 0;
  std::size_t seconds = 0;
  while (std::scanf("%zu %zu", &rate, &seconds) == 2)
    room.churn(rate, seconds);
}
