// The arena: a small game backend on its own CAF actor system. This file starts
// and stops what the others are.
#include "app/examples/arena/channels.hpp"
#include "app/examples/arena/ledger.hpp"
#include "app/examples/arena/line_server.hpp"
#include "app/examples/arena/matchmaker.hpp"
#include "app/examples/arena/pages.hpp"
#include "app/examples/arena/settings.hpp"
#include <rollcall/scoped.hpp>

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdio>

namespace {

using namespace arena;

/// Blocks the signals that end the arena in this and all later threads.
sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return set;
}

int fail(const caf::error& wrong) {
  fmt::print(stderr, "arena: {}\n", rollcall::describe(wrong));
  return 1;
}

/// Names this life of the process, for the names of matches.
std::string incarnation() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return fmt::format(
      "{:x}", std::chrono::duration_cast<std::chrono::milliseconds>(since_1970)
                  .count());
}

/// Ends an actor with the scope: the actor system waits for it.
class scoped_actor_end {
public:
  explicit scoped_actor_end(caf::actor which) : which_{std::move(which)} {
  }
  scoped_actor_end(const scoped_actor_end&) = delete;
  scoped_actor_end& operator=(const scoped_actor_end&) = delete;
  ~scoped_actor_end() {
    caf::anon_send_exit(which_, caf::exit_reason::user_shutdown);
  }

private:
  caf::actor which_;
};

void wait_for(const sigset_t& signals) {
  int signal = 0;
  sigwait(&signals, &signal);
}

rollcall::gateway_config gateway_settings(const arena_config& settings) {
  rollcall::gateway_config result;
  result.address = settings.address;
  result.port = settings.web_port;
  return result;
}

/// Everything above the presences: doors for players, and the matchmaker.
int serve(caf::actor_system& system, const arena_config& settings,
          const page_sources& sources, const sigset_t& signals) {
  auto book = ledger::open(settings.database);
  if (!book)
    return fail(book.error());
  const auto memory = system.spawn<caf::detached>(
      ledger_actor, std::shared_ptr<ledger>{std::move(*book)});
  const scoped_actor_end memory_end{memory};
  const auto& who = sources.who;
  const auto context = std::make_shared<const player_context>(
      player_context{who, memory, settings.turn_limit});

  auto started
      = rollcall::gateway::start(system, who, gateway_settings(settings));
  if (!started)
    return fail(started.error());
  rollcall::scoped web{*started};
  web->channel(std::string{lobby_topic}, lobby_channel(context));
  web->channel(std::string{match_prefix} + '*', watch_channel());
  web->on_http(make_pages(settings, sources));
  if (const auto wrong = web->listen())
    return fail(wrong);

  auto lines = line_server::start(
      settings.address, settings.line_port, [&](outlet_ptr out) {
        return caf::actor{system.spawn(player, context, std::move(out))};
      });
  if (!lines)
    return fail(lines.error());
  const scoped_actor_end matchmaker_end{
      system.spawn(matchmaker, who, settings.node, incarnation())};

  fmt::print("arena {} ready: lines on {}:{}, page on http://{}:{}/\n",
             settings.node, settings.address, lines->port(), settings.address,
             web->port());
  std::fflush(stdout);
  wait_for(signals);
  return 0;
}

int run(arena_config& settings, const sigset_t& signals) {
  // Makes the tables before the hooks look for them.
  if (auto file = database::open(settings.database); !file)
    return fail(file.error());
  caf::actor_system system{settings};
  const auto profiles = std::make_shared<profile_counts>();
  rollcall::config runtime;
  runtime.node_name = settings.node;
  runtime.single_session = login_rules();
  auto started = rollcall::presence::start(
      system, runtime, make_profile_hooks(settings.database, profiles));
  if (!started)
    return fail(started.error());
  rollcall::scoped who{*started};
  auto joined = rollcall::cluster::start(system, *who, settings.cluster);
  if (!joined)
    return fail(joined.error());
  rollcall::scoped net{*joined};
  return serve(system, settings, {settings.node, *who, *net, profiles},
               signals);
}

} // namespace

int main(int argc, char** argv) {
  const auto signals = block_signals();
  arena_config settings;
  if (const auto wrong = settings.load(argc, argv))
    return fail(wrong);
  if (settings.cli_helptext_printed)
    return 0;
  return run(settings, signals);
}
