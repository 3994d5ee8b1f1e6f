// What it costs to follow keys: three nodes over real links in one process,
// users who each follow 50 random others, and logins.
//
//   follow_bench [USERS]   100000 by default
#include "tests/bench/cluster_node.hpp"

#include <malloc.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <random>
#include <string_view>
#include <tuple>

namespace {

using namespace std::literals;
using namespace rollcall::bench;

constexpr std::size_t follows_each = 50;
constexpr std::size_t logins = 2000;

/// How often followers heard that a key came online, and that it went.
struct tally {
  explicit tally(std::size_t keys) : online(keys), offline(keys) {
  }

  static std::size_t number_of(const std::string& key) {
    return std::stoul(key.substr(key.find('-') + 1));
  }

  std::vector<std::atomic<std::size_t>> online;
  std::vector<std::atomic<std::size_t>> offline;
};

caf::behavior follower(caf::event_based_actor*, std::shared_ptr<tally> out,
                       std::shared_ptr<std::atomic<std::size_t>> states) {
  return {
      [states](const rollcall::follow_state&) { ++*states; },
      [out](const rollcall::came_online& one) {
        ++out->online[tally::number_of(one.key)];
      },
      [out](const rollcall::went_offline& one) {
        ++out->offline[tally::number_of(one.key)];
      },
  };
}

double bytes_in_use() {
  return static_cast<double>(mallinfo2().uordblks);
}

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec)
         + static_cast<double>(time.tv_nsec) * 1e-9;
}

class follow_bench {
public:
  /// @param users as many keys have followers among each other; behind them
  ///        are keys with a given number of followers.
  explicit follow_bench(std::size_t users)
      : users_{users},
        tally_{std::make_shared<tally>(users + 3 * logins)},
        followers_of_(users + 3 * logins) {
    nodes_[0] = std::make_unique<cluster_node>("a");
    nodes_[1] = std::make_unique<cluster_node>(
        "b", std::vector{nodes_[0]->address()});
    nodes_[2] = std::make_unique<cluster_node>(
        "c", std::vector{nodes_[0]->address(), nodes_[1]->address()});
    for (const auto& one : nodes_)
      wait_until([&] { return one->net.peers().size() == 2; });
  }

  void run() {
    spawn_users();
    for (std::size_t i = 0; i < users_ / 2; ++i)
      log_in(i);
    follow();
    measure_logins();
    measure_cost();
  }

private:
  cluster_node& node_of(std::size_t user) {
    return *nodes_[user % nodes_.size()];
  }

  void spawn_users() {
    for (std::size_t i = 0; i < users_; ++i)
      actors_.push_back(
          node_of(i).system.spawn<caf::hidden>(follower, tally_, states_));
  }

  void log_in(std::size_t user) {
    const auto& owner = node_of(user).owner;
    const auto done = node_of(user).who.track(
        owner, "lobby:" + std::to_string(user % 100), key_of(user), "{}");
    if (!done)
      throw std::runtime_error{rollcall::describe(done.error())};
  }

  void log_out(std::size_t user) {
    node_of(user).who.untrack(node_of(user).owner,
                              "lobby:" + std::to_string(user % 100),
                              key_of(user));
  }

  void add(std::size_t user, const std::vector<std::string>& keys) {
    const auto problem = node_of(user).who.follow(actors_[user], keys);
    if (problem)
      throw std::runtime_error{rollcall::describe(problem)};
  }

  void follow() {
    for (auto& one : nodes_)
      std::ignore
          = one->who.online({"nobody"}); // From now on keys are counted.
    std::vector<std::vector<std::string>> friends(users_);
    for (auto& keys : friends)
      for (std::size_t i = 0; i < follows_each; ++i) {
        const auto whom = random_() % users_;
        keys.push_back(key_of(whom));
      }
    const auto before = bytes_in_use();
    const auto start = wall::now();
    for (std::size_t i = 0; i < users_; ++i)
      add(i, friends[i]);
    wait_until([&] { return *states_ == users_; });
    std::size_t edges = 0;
    for (const auto& one : nodes_)
      edges += one->who.stats().follows;
    report("follow", "call_of_50_keys",
           ms_since(start) * 1e3 / static_cast<double>(users_), "us");
    report("follow", "bytes_per_edge",
           (bytes_in_use() - before) / static_cast<double>(edges), "bytes");
    for (auto& keys : friends) {
      std::sort(keys.begin(), keys.end());
      keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
      for (const auto& key : keys)
        ++followers_of_[tally::number_of(key)];
    }
  }

  /// Until the last follower, on any node, has heard of a login.
  void measure_logins() {
    std::vector<double> times;
    for (std::size_t i = 0; i < logins; ++i) {
      const auto user = users_ / 2 + i;
      const auto start = wall::now();
      log_in(user);
      wait_until([&] { return tally_->online[user] == followers_of_[user]; });
      times.push_back(ms_since(start));
      std::this_thread::sleep_for(2ms);
    }
    report_spread("follow_login_until_all_know", times);
  }

  /// Processor time of a login and its logout, with all nodes and followers.
  void measure_cost() {
    auto next = users_;
    for (const std::size_t count : {5, 50, 500}) {
      const auto first = next;
      next += logins;
      for (std::size_t who = 0; who < count; ++who) {
        std::vector<std::string> keys;
        for (auto i = first; i < next; ++i)
          keys.push_back(key_of(i));
        add(who, {keys.begin(), keys.begin() + logins / 2});
        add(who, {keys.begin() + logins / 2, keys.end()});
      }
      std::this_thread::sleep_for(1s);
      const auto start = processor_seconds();
      for (auto i = first; i < next; ++i)
        log_in(i);
      await(tally_->online, first, next, count);
      for (auto i = first; i < next; ++i)
        log_out(i);
      await(tally_->offline, first, next, count);
      report("follow", "login_and_logout_with_" + std::to_string(count),
             (processor_seconds() - start) * 1e6 / logins, "us of processor");
    }
  }

  static void await(const std::vector<std::atomic<std::size_t>>& heard,
                    std::size_t first, std::size_t last, std::size_t count) {
    for (auto i = first; i < last; ++i)
      while (heard[i] != count)
        std::this_thread::sleep_for(1ms);
  }

  std::size_t users_;
  std::mt19937 random_{1};
  std::shared_ptr<tally> tally_;
  std::shared_ptr<std::atomic<std::size_t>> states_
      = std::make_shared<std::atomic<std::size_t>>(0);
  std::vector<std::size_t> followers_of_;
  std::array<std::unique_ptr<cluster_node>, 3> nodes_;
  std::vector<caf::actor> actors_;
};

} // namespace

int main(int argc, char** argv) {
  follow_bench{argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100'000}.run();
}
