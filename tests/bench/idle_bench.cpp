// What a cluster costs in which nothing happens: bytes that each node sends in
// a second, and its share of a processor. All nodes live in one process, on
// loopback, with default settings; they all start from one seed.
//
//   idle_bench [NODES...]   3 6 12 24 by default
#include "tests/bench/cluster_node.hpp"

#include <sys/resource.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::literals;
using namespace rollcall::bench;

constexpr auto settling = 5s;
constexpr auto measured = 10s;

using cluster_of_nodes = std::vector<std::unique_ptr<cluster_node>>;

/// Processor time of all threads, in seconds.
double process_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec)
           + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

bool is_complete(const cluster_of_nodes& all) {
  for (const auto& node : all) {
    const auto peers = node->net.peers();
    if (peers.size() + 1 != all.size() || !node->net.is_ready())
      return false;
    for (const auto& peer : peers)
      if (!peer.is_up || !peer.is_direct)
        return false;
  }
  return true;
}

double bytes_sent(const cluster_of_nodes& all) {
  double sum = 0;
  for (const auto& node : all)
    for (const auto& peer : node->net.peers())
      sum += static_cast<double>(peer.bytes_out);
  return sum;
}

void measure(std::size_t count) {
  const auto start = wall::now();
  cluster_of_nodes all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back(std::make_unique<cluster_node>(
        "n" + std::to_string(i),
        i == 0 ? std::vector<std::string>{}
               : std::vector<std::string>{all[0]->address()},
        rollcall::config{}.shard_count));
  wait_until([&] { return is_complete(all); });
  const auto name = std::to_string(count) + "_nodes_";
  report("idle", name + "until_all_are_direct", ms_since(start), "ms");
  std::this_thread::sleep_for(settling);
  const auto bytes = bytes_sent(all);
  const auto used = process_seconds();
  const auto begin = wall::now();
  std::this_thread::sleep_for(measured);
  const auto node_seconds = ms_since(begin) / 1000 * static_cast<double>(count);
  report("idle", name + "cpu_each",
         100 * (process_seconds() - used) / node_seconds, "percent");
  report("idle", name + "sent_each", (bytes_sent(all) - bytes) / node_seconds,
         "bytes/s");
}

} // namespace

int main(int argc, char** argv) {
  std::vector<std::size_t> counts;
  for (int i = 1; i < argc; ++i)
    counts.push_back(std::strtoul(argv[i], nullptr, 10));
  if (counts.empty())
    counts = {3, 6, 12, 24};
  for (const auto count : counts)
    measure(count);
}
