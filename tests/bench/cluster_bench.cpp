// What two nodes reach with default settings, both in this process, over a real
// link on loopback: joins when idle and under churn, and what they cost on the
// wire.
#include "tests/bench/cluster_node.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::literals;
using namespace rollcall::bench;

/// From the call on `from` until `to` lists it, for `count` joins `apart`.
std::vector<double> join_times(const cluster_node& from, const cluster_node& to,
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
  explicit churn(const cluster_node& on) : thread_{[this, &on] { run(on); }} {
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
  void run(const cluster_node& on) {
    for (std::size_t i = 0; !is_over_; ++i) {
      const auto topic = "churn:" + std::to_string(i % 500);
      on.track(topic, i);
      if (const auto problem = on.who.untrack(on.owner, topic, key_of(i)))
        throw std::runtime_error{rollcall::describe(problem)};
      writes_ += 2;
    }
  }

  std::atomic<bool> is_over_{false};
  std::atomic<std::size_t> writes_{0};
  std::thread thread_;
};

void bench_joins() {
  cluster_node a{"a"};
  cluster_node b{"b", {a.address()}};
  wait_until([&] {
    return a.net.is_ready() && b.net.is_ready() && !a.net.peers().empty();
  });
  report_spread("join_seen_when_idle", join_times(a, b, "idle", 100, 120ms));
  const auto start = wall::now();
  churn load{a};
  report_spread("join_seen_under_churn", join_times(a, b, "busy", 500, 5ms));
  report("cluster", "churn_writes",
         static_cast<double>(load.writes()) / ms_since(start) * 1e3, "1/s");
}

/// Bytes that `node` sent to its only peer while `work` ran, but for what it
/// sends when nothing happens.
template <class Work>
double bytes_for(const cluster_node& node, double idle_per_ms, Work work) {
  const auto sent = [&node] {
    return static_cast<double>(node.net.peers().at(0).bytes_out);
  };
  const auto before = sent();
  const auto start = wall::now();
  work();
  std::this_thread::sleep_for(500ms); // The counters come with heartbeats.
  return sent() - before - idle_per_ms * ms_since(start);
}

/// `count` calls, `apart` from each other.
template <class Call>
void paced(std::size_t count, std::chrono::microseconds apart, Call call) {
  auto next = wall::now();
  for (std::size_t i = 0; i < count; ++i) {
    call("room:" + std::to_string(i / 10), i);
    std::this_thread::sleep_until(next += apart);
  }
}

void bench_bytes(std::size_t count, std::chrono::microseconds apart,
                 const std::string& label) {
  cluster_node a{"a"};
  cluster_node b{"b", {a.address()}};
  wait_until([&] {
    return a.net.is_ready() && b.net.is_ready() && !a.net.peers().empty();
  });
  const auto idle
      = bytes_for(a, 0, [] { std::this_thread::sleep_for(2s); }) / 2500;
  const auto joins = bytes_for(a, idle, [&] {
    paced(count, apart,
          [&a](const std::string& topic, std::size_t i) { a.track(topic, i); });
  });
  const auto leaves = bytes_for(a, idle, [&] {
    paced(count, apart, [&a](const std::string& topic, std::size_t i) {
      a.who.untrack(a.owner, topic, key_of(i));
    });
  });
  const auto each = static_cast<double>(count);
  report("cluster", "bytes_per_join_" + label, joins / each, "bytes");
  report("cluster", "bytes_per_leave_" + label, leaves / each, "bytes");
}

} // namespace

int main() {
  bench_joins();
  bench_bytes(20, 150ms, "alone");
  bench_bytes(2000, 1ms, "at_1000_per_s");
  bench_bytes(20'000, 100us, "at_10000_per_s");
}
