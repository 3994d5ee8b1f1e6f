// Publishes an actor on a bare BASP port of the packaged CAF, prints the port
// and serves until its standard input ends.
#include <caf/all.hpp>
#include <caf/io/all.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace {

caf::behavior echo() {
  return {[](const std::string& text) { return text; }};
}

/// One hostile header must not cost the machine its memory.
void limit_memory() {
  constexpr rlim_t bytes = 2ull << 30;
  const rlimit limit{bytes, bytes};
  ::setrlimit(RLIMIT_AS, &limit);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
}

} // namespace

int main() {
  limit_memory();
  caf::actor_system_config settings;
  settings.load<caf::io::middleman>();
  settings.set("middleman.workers", std::size_t{0});
  settings.set("scheduler.max-threads", std::size_t{1});
  caf::actor_system system{settings};
  const auto published = system.spawn(echo);
  const auto port = system.middleman().publish(published, 0, "127.0.0.1");
  if (!port)
    return 1;
  std::printf("%u\n", unsigned{*port});
  std::fflush(stdout);
  char byte;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
    // nothing is ever said
  }
  ::_exit(0);
}
