// Measures a running gateway with many clients of its own.
//
//   gateway_load SCENARIO [--port N] [--pid N] [--clients N] [--room N]
//
// SCENARIO: rooms (joins in rooms of 10), diff (join to diff at all others),
//           fill (one large room, then churn in it), idle (memory a client).
// Prints one JSON line a figure. `--pid` is the server's, for CPU and memory.
#include "tests/bench/gateway_swarm.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

using namespace rollcall::bench;
using std::chrono::duration;

namespace {

struct options {
  std::string scenario = "rooms";
  std::uint16_t port = 4000;
  int pid = 0;
  std::size_t clients = 1000;
  std::size_t room = 10;
};

void print(const options& how, const char* figure, double value,
           const char* unit) {
  std::printf("{\"bench\":\"gateway\",\"scenario\":\"%s\",\"figure\":\"%s\","
              "\"value\":%.6g,\"unit\":\"%s\",\"clients\":%zu}\n",
              how.scenario.c_str(), figure, value, unit, how.clients);
  std::fflush(stdout);
}

/// User and system time of the server so far, in seconds.
double server_cpu(const options& how) {
  std::ifstream file{"/proc/" + std::to_string(how.pid) + "/stat"};
  std::string text;
  std::getline(file, text);
  std::istringstream rest{text.substr(text.rfind(')') + 1)};
  std::string skipped;
  for (int i = 0; i < 11; ++i)
    rest >> skipped;
  double user = 0;
  double system = 0;
  rest >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// Resident memory of the server in bytes.
double server_resident(const options& how) {
  std::ifstream file{"/proc/" + std::to_string(how.pid) + "/statm"};
  double total = 0;
  double resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double quantile(std::vector<double>& values, double which) {
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(which * last)];
}

double ms_between(clock::time_point from, clock::time_point to) {
  return duration<double, std::milli>(to - from).count();
}

std::string run_name() {
  return std::to_string(::getpid());
}

/// Joins all, at most 32 at a time.
void join_all(swarm& all, const options& how, std::size_t count,
              std::size_t room) {
  const auto before = all.joined();
  for (std::size_t i = 0; i < count; ++i) {
    all.run_until([&] { return i - (all.joined() - before) < 32; });
    all.add("room:" + run_name() + ":" + std::to_string(i / room),
            "user" + std::to_string(all.clients().size()));
  }
  all.run_until([&] { return all.joined() - before == count; });
  static_cast<void>(how);
}

void print_join_times(const swarm& all, const options& how) {
  std::vector<double> times;
  for (const auto& each : all.clients())
    if (each->is_joined)
      times.push_back(ms_between(each->joining_at, each->joined_at));
  print(how, "join_to_state_p50", quantile(times, 0.5), "ms");
  print(how, "join_to_state_p99", quantile(times, 0.99), "ms");
}

struct join_cost {
  double seconds;
  double server_cpu; ///< Seconds, until nothing more is to be done.
};

/// Lets all clients join, `room` in each topic.
join_cost measure_joins(swarm& all, const options& how, std::size_t room) {
  const auto cpu = server_cpu(how);
  const auto start = clock::now();
  join_all(all, how, how.clients, room);
  const duration<double> spent = clock::now() - start;
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  return {spent.count(), server_cpu(how) - cpu};
}

void rooms(swarm& all, const options& how) {
  const auto cost = measure_joins(all, how, how.room);
  const auto count = static_cast<double>(how.clients);
  print(how, "joins_per_second", count / cost.seconds, "1/s");
  print_join_times(all, how);
  print(how, "server_cpu_per_1000_joins", cost.server_cpu * 1000 / count, "s");
}

void diff(swarm& all, const options& how) {
  join_all(all, how, how.room - 1, how.room);
  const auto topic = all.clients().front()->topic;
  std::vector<double> times;
  for (int round = 0; round < 300; ++round) {
    const auto key = "late" + std::to_string(round) + "x";
    std::size_t seen = 0;
    std::size_t gone = 0;
    all.on_message([&](swarm_client& client, std::string_view text) {
      if (client.key == key || text.find(key) == std::string_view::npos)
        return;
      const auto at = text.find("\"leaves\":{}");
      ++(at != std::string_view::npos ? seen : gone);
    });
    auto& late = all.add(topic, key);
    all.run_until([&] { return late.is_joined && seen == how.room - 1; });
    times.push_back(ms_between(late.joining_at, clock::now()));
    all.drop(late);
    all.run_until([&] { return gone == how.room - 1; });
  }
  print(how, "join_to_all_others_p50", quantile(times, 0.5), "ms");
  print(how, "join_to_all_others_p99", quantile(times, 0.99), "ms");
}

void fill(swarm& all, const options& how) {
  const auto cost = measure_joins(all, how, how.clients);
  print(how, "fill_time", cost.seconds, "s");
  print(how, "fill_server_cpu", cost.server_cpu, "s");
  const auto topic = all.clients().front()->topic;
  std::vector<double> times;
  for (int round = 0; round < 100; ++round) {
    const auto key = "churn" + std::to_string(round) + "x";
    clock::time_point sent;
    std::size_t seen = 0;
    all.on_message([&](swarm_client& client, std::string_view text) {
      if (client.key == key || text.find(key) == std::string_view::npos)
        return;
      ++seen;
      times.push_back(ms_between(sent, clock::now()));
    });
    auto& late = all.add(topic, key);
    sent = clock::now();
    all.run_until([&] { return late.is_joined && seen >= how.clients; });
    all.on_message({});
    all.drop(late);
  }
  print(how, "churn_diff_p50", quantile(times, 0.5), "ms");
  print(how, "churn_diff_p99", quantile(times, 0.99), "ms");
}

void idle(swarm& all, const options& how) {
  // What the first clients make the server allocate once is no client's.
  join_all(all, how, how.room * 10, how.room);
  std::this_thread::sleep_for(std::chrono::seconds{2});
  const auto before = server_resident(how);
  join_all(all, how, how.clients, how.room);
  std::this_thread::sleep_for(std::chrono::seconds{3});
  print(how, "resident_bytes_per_client",
        (server_resident(how) - before) / static_cast<double>(how.clients),
        "B");
}

options parse(int argc, char** argv) {
  options how;
  if (argc > 1)
    how.scenario = argv[1];
  for (int i = 2; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const auto value = std::strtoul(argv[i + 1], nullptr, 10);
    if (name == "--port")
      how.port = static_cast<std::uint16_t>(value);
    else if (name == "--pid")
      how.pid = static_cast<int>(value);
    else if (name == "--clients")
      how.clients = value;
    else if (name == "--room")
      how.room = value;
  }
  return how;
}

} // namespace

int main(int argc, char** argv) {
  const auto how = parse(argc, argv);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  swarm all{"127.0.0.1", how.port};
  if (how.scenario == "rooms")
    rooms(all, how);
  else if (how.scenario == "diff")
    diff(all, how);
  else if (how.scenario == "fill")
    fill(all, how);
  else if (how.scenario == "idle")
    idle(all, how);
  else
    return std::fprintf(stderr, "gateway_load: unknown scenario\n"), 2;
  return 0;
}
