// The first sync of a fresh node, and what the one that has everything feels of
// it. Two processes over a real link on loopback, each bound to a processor of
// its own, as two machines would be.
//
//   sync_bench [PRESENCES]   100000 by default
#include "tests/bench/cluster_node.hpp"

#include <caf/scoped_actor.hpp>

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace std::literals;
using namespace rollcall::bench;

/// Binds this process, as far as the machine has processors.
void bind_to(std::size_t processor) {
  cpu_set_t which;
  CPU_ZERO(&which);
  CPU_SET(processor % std::max(1u, std::thread::hardware_concurrency()),
          &which);
  sched_setaffinity(0, sizeof which, &which);
}

enum class caller { plain_thread, actor };

/// Track calls on a node, one after the other, until told to stop.
class probe {
public:
  probe(cluster_node& on, caller who, const std::string& topic)
      : thread_{[this, &on, who, topic] { run(on, who, topic); }} {
  }
  probe(const probe&) = delete;
  probe& operator=(const probe&) = delete;

  std::vector<double> end() {
    is_over_ = true;
    thread_.join();
    return std::move(times_);
  }

private:
  void run(cluster_node& on, caller who, const std::string& topic) {
    caf::scoped_actor self{on.system};
    for (std::size_t i = 0; !is_over_; ++i) {
      const auto start = wall::now();
      if (who == caller::plain_thread)
        on.track(topic, i);
      else
        on.who.track(&*self, topic, key_of(i), meta_of(i))
            .receive([](const rollcall::tracked&) {},
                     [](const caf::error& problem) {
                       throw std::runtime_error{rollcall::describe(problem)};
                     });
      times_.push_back(ms_since(start));
      std::this_thread::sleep_for(200us);
    }
  }

  std::vector<double> times_;
  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

/// The fresh node: tells when it starts, and when it has everything.
int run_fresh(const char* peer, std::size_t count) {
  bind_to(1);
  std::puts("starts");
  std::fflush(stdout);
  const cluster_node fresh{"b", {peer}};
  wait_until([&] {
    return fresh.net.is_ready() && fresh.who.stats().presences >= count;
  });
  std::puts("complete");
  std::fflush(stdout);
  std::this_thread::sleep_for(1s); // The counters come with heartbeats.
  std::printf("%llu\n", static_cast<unsigned long long>(
                            fresh.net.peers().at(0).bytes_in));
  return 0;
}

class fresh_process {
public:
  fresh_process(const std::string& peer, std::size_t count)
      : out_{
          popen((own_path() + " --fresh " + peer + ' ' + std::to_string(count))
                    .c_str(),
                "r")} {
    if (out_ == nullptr)
      throw std::runtime_error{"cannot start the fresh node"};
  }
  fresh_process(const fresh_process&) = delete;
  fresh_process& operator=(const fresh_process&) = delete;
  ~fresh_process() {
    pclose(out_);
  }

  std::string next_line() {
    std::array<char, 64> line{};
    if (std::fgets(line.data(), line.size(), out_) == nullptr)
      throw std::runtime_error{"the fresh node ended"};
    return line.data();
  }

private:
  static std::string own_path() {
    std::array<char, 4096> path{};
    if (readlink("/proc/self/exe", path.data(), path.size() - 1) < 0)
      throw std::runtime_error{"no /proc/self/exe"};
    return path.data();
  }

  std::FILE* out_;
};

void bench_sync(std::size_t count, caller who, const std::string& label) {
  cluster_node full{"a"};
  for (std::size_t i = 0; i < count; ++i)
    full.track("room:" + std::to_string(i / 10), i);
  probe idle{full, who, "probe:idle"};
  std::this_thread::sleep_for(3s);
  report_spread("track_by_" + label + "_when_idle", idle.end());
  fresh_process fresh{full.address(), count};
  fresh.next_line();
  probe busy{full, who, "probe:busy"};
  const auto start = wall::now();
  fresh.next_line();
  report("cluster", "sync_until_ready", ms_since(start), "ms");
  report_spread("track_by_" + label + "_during_sync", busy.end());
  report("cluster", "sync_bytes_per_presence",
         std::stod(fresh.next_line()) / static_cast<double>(count), "bytes");
}

} // namespace

int main(int argc, char** argv) {
  if (argc == 4 && argv[1] == "--fresh"sv)
    return run_fresh(argv[2], std::strtoul(argv[3], nullptr, 10));
  const auto count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100'000;
  bind_to(0);
  bench_sync(count, caller::plain_thread, "thread");
  bench_sync(count, caller::actor, "actor");
}
