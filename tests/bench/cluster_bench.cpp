// What two nodes reach with default settings, both in this process, over a real
// link on loopback: joins when idle and under churn.
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

} // namespace

int main() {
  bench_joins();
}
