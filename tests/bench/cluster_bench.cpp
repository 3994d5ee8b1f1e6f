// What two nodes reach with default settings, both in this process, over a real
// link on loopback: joins when idle and under churn, and the first sync.
//
//   cluster_bench [PRESENCES]   for the sync; 100000 by default
#include "tests/bench/report.hpp"

#include <rollcall/cluster.hpp>
#include <rollcall/presence.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::literals;
using namespace rollcall;
using rollcall::bench::report;
using wall = std::chrono::steady_clock;

std::string meta_of(std::size_t i) {
  return R"({"online_at":")" + std::to_string(1'795'500'000 + i)
         + R"(","dev":"phone"})";
}

std::string key_of(std::size_t i) {
  return "user-" + std::to_string(i);
}

double ms_since(wall::time_point start) {
  return std::chrono::duration<double, std::milli>(wall::now() - start).count();
}

template <class Condition>
void wait_until(Condition is_true) {
  const auto end = wall::now() + 60s;
  while (!is_true()) {
    if (wall::now() > end)
      throw std::runtime_error{"nothing happened in a minute"};
    std::this_thread::yield();
  }
}

double quantile(std::vector<double> values, double which) {
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(last * which)];
}

void report_spread(const std::string& figure, const std::vector<double>& ms) {
  report("cluster", figure + "_p50", quantile(ms, 0.5), "ms");
  report("cluster", figure + "_p99", quantile(ms, 0.99), "ms");
}

caf::behavior idler(caf::event_based_actor*) {
  return {[](caf::ok_atom) {}};
}

struct node {
  explicit node(const std::string& name, std::vector<std::string> peers = {})
    : system{configured(actor_settings)} {
    config settings;
    settings.node_name = name;
    settings.shard_count = 2;
    who = *presence::start(system, settings);
    cluster_config links;
    links.listen = "127.0.0.1:0";
    links.peers = std::move(peers);
    auto started = cluster::start(system, who, links);
    if (!started)
      throw std::runtime_error{describe(started.error())};
    net = *started;
    owner = system.spawn(idler);
  }
  node(const node&) = delete;
  node& operator=(const node&) = delete;
  ~node() {
    net.leave(true);
    caf::anon_send_exit(owner, caf::exit_reason::kill);
    who.stop();
  }

  static caf::actor_system_config& configured(caf::actor_system_config& to) {
    configure(to);
    return to;
  }

  [[nodiscard]] std::string address() const {
    return "127.0.0.1:" + std::to_string(net.port());
  }

  /// The `i`th presence of a topic.
  void track(const std::string& topic, std::size_t i) const {
    const auto done = who.track(owner, topic, key_of(i), meta_of(i));
    if (!done)
      throw std::runtime_error{describe(done.error())};
  }

  caf::actor_system_config actor_settings;
  caf::actor_system system;
  presence who;
  cluster net;
  caf::actor owner;
};

/// From the call on `from` until `to` lists it, for `count` joins `apart`.
std::vector<double> join_times(const node& from, const node& to,
                               const std::string& topic, std::size_t count,
                               std::chrono::milliseconds apart) {
  std::vector<double> result;
  for (std::size_t i = 0; i < count; ++i) {
    std::this_thread::sleep_for(apart);
    const auto start = wall::now();
    from.track(topic, i);
    wait_until([&] { return !to.who.get_by_key(topic, key_of(i)).empty(); });
    result.push_back(ms_since(start));
  }
  return result;
}

/// Joins and leaves on a node, as fast as one caller can, until told to stop.
class churn {
public:
  explicit churn(const node& on) : thread_{[this, &on] { run(on); }} {
  }
  churn(const churn&) = delete;
  churn& operator=(const churn&) = delete;
  ~churn() {
    is_over_ = true;
    thread_.join();
  }

  [[nodiscard]] std::size_t writes() const {
    return writes_;
  }

private:
  void run(const node& on) {
    for (std::size_t i = 0; !is_over_; ++i) {
      const auto topic = "churn:" + std::to_string(i % 500);
      on.track(topic, i);
      if (const auto problem = on.who.untrack(on.owner, topic, key_of(i)))
        throw std::runtime_error{describe(problem)};
      writes_ += 2;
    }
  }

  std::atomic<bool> is_over_{false};
  std::atomic<std::size_t> writes_{0};
  std::thread thread_;
};

void bench_joins() {
  node a{"a"};
  node b{"b", {a.address()}};
  wait_until([&] { return a.net.is_ready() && b.net.is_ready()
                          && !a.net.peers().empty(); });
  report_spread("join_seen_when_idle", join_times(a, b, "idle", 100, 120ms));
  const auto start = wall::now();
  churn load{a};
  report_spread("join_seen_under_churn", join_times(a, b, "busy", 500, 5ms));
  report("cluster", "churn_writes",
         static_cast<double>(load.writes()) / ms_since(start) * 1e3, "1/s");
}

/// Track calls on a node, one after the other, until told to stop.
class probe {
public:
  explicit probe(const node& on, std::string topic)
    : thread_{[this, &on, topic = std::move(topic)] {
        for (std::size_t i = 0; !is_over_; ++i) {
          const auto start = wall::now();
          on.track(topic, i);
          times_.push_back(ms_since(start));
          std::this_thread::sleep_for(200us);
        }
      }} {
  }
  probe(const probe&) = delete;
  probe& operator=(const probe&) = delete;

  std::vector<double> end() {
    is_over_ = true;
    thread_.join();
    return std::move(times_);
  }

private:
  std::vector<double> times_;
  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

void bench_sync(std::size_t count) {
  node a{"a"};
  for (std::size_t i = 0; i < count; ++i)
    a.track("room:" + std::to_string(i / 10), i);
  probe idle{a, "probe:idle"};
  std::this_thread::sleep_for(3s);
  const auto idle_times = idle.end();
  probe busy{a, "probe:busy"};
  const auto start = wall::now();
  node b{"b", {a.address()}};
  wait_until([&] { return b.net.is_ready() && b.who.stats().presences >= count; });
  report("cluster", "sync_until_ready", ms_since(start), "ms");
  const auto busy_times = busy.end();
  std::this_thread::sleep_for(1s); // The counters come with heartbeats.
  report("cluster", "sync_bytes_per_presence",
         static_cast<double>(b.net.peers().at(0).bytes_in)
           / static_cast<double>(count),
         "bytes");
  report_spread("track_when_idle", idle_times);
  report_spread("track_during_sync", busy_times);
}

} // namespace

int main(int argc, char** argv) {
  bench_joins();
  bench_sync(argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100'000);
}
