#include "tests/sim/node_schedule.hpp"

#include "tests/sim/node_forgery.hpp"

#include <stdexcept>

namespace rollcall::sim {

namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr duration chaos_time = 8s;
constexpr duration patience = 200s;
constexpr duration quiet = 3s;
constexpr duration goodbye = 200ms;

template <class T>
T one_of(test::random_source& random, std::vector<T> from) {
  return random.pick(from);
}

std::size_t node_count(test::random_source& random) {
  if (random.chance(0.004))
    return 20 + random.below(11);
  if (random.chance(0.08))
    return 2;
  return 3 + random.below(random.chance(0.05) ? 10 : 4);
}

/// Bounds are small enough to be reached.
void set_shards(node_settings& out, test::random_source& random) {
  out.diff_window = one_of<milliseconds>(random, {0ms, 20ms, 300ms});
  out.has_hooks = random.chance(0.3);
  out.hook_time = one_of<duration>(random, {0ms, 3ms, 150ms});
  out.restart_after = one_of<duration>(random, {1ms, 50ms, 400ms});
  out.presences_per_topic_max = one_of<std::size_t>(random, {6, 1'000, 1'000});
  out.subscribers_per_topic_max = one_of<std::size_t>(random, {2, 1'000});
  out.waiting.changes_max = one_of<std::size_t>(random, {1, 3, 65'536});
  out.waiting.events_max = one_of<std::size_t>(random, {1, 65'536});
  out.waiting.subscriptions_max = one_of<std::size_t>(random, {1, 65'536});
}

/// Chance of its own: the rest of a schedule is as without it.
void set_last_seen(node_settings& out, std::uint64_t seed) {
  test::random_source random{seed ^ 0x1a575ee4};
  out.last_seen_for = one_of<crdt::tick_time>(random, {0s, 3'600s});
  out.last_seen_page_bytes = 60; // Several packets for a few keys.
  out.last_seen_max = one_of<std::size_t>(random, {1'000, 1'000, 2, 10});
}

/// Chance of its own: the rest of a schedule is as without policies.
void set_sessions(node_settings& out, std::uint64_t seed) {
  test::random_source random{seed ^ 0x5e5510f5};
  using rules = std::vector<single_session_rule>;
  constexpr auto newest = session_policy::newest;
  constexpr auto oldest = session_policy::oldest;
  out.single_session = one_of<rules>(
      random, {{},
               {},
               {{"topic0", newest}},
               {{"topic1", oldest}},
               {{"topic1", newest}, {"topic*", oldest}},
               {{"topic0", oldest}, {"topic2", newest}, {"*", newest}}});
  out.clock_error_max = one_of<milliseconds>(random, {0ms, 2s, 3'600s});
}

/// Likewise the ends of topics.
test::random_source topic_end_chances(std::uint64_t seed) {
  return test::random_source{seed ^ 0x70b1ce2d};
}

/// Likewise keys that are in more topics than a key has as a rule.
subject_counts subjects_from(std::uint64_t seed, test::random_source& random) {
  const auto usual = one_of<subject_counts>(
      random, {{3, 5, 4}, {3, 5, 4}, {2, 100, 2}, {50, 3, 3}, {3, 4, 40}});
  test::random_source chances{seed ^ 0x5ab1ec75};
  return chances.chance(0.03) ? subject_counts{200, 2, 40} : usual;
}

node_settings settings_from(std::uint64_t seed, test::random_source& random) {
  node_settings result;
  result.membership.down_after = one_of<milliseconds>(random, {2s, 1s});
  result.membership.forget_after
      = one_of<milliseconds>(random, {2500ms, 5s, 600s});
  result.replication.broadcast_period
      = one_of<milliseconds>(random, {50ms, 10ms, 200ms});
  result.replication.window_bytes
      = one_of<std::size_t>(random, {200, 2'000, 4 * 1024 * 1024});
  result.replication.resend_after = one_of<milliseconds>(random, {1s, 300ms});
  result.chunk_bytes = one_of<std::size_t>(random, {0, 100, 1'000, 256 * 1024});
  result.deaths_max = one_of<std::size_t>(random, {0, 3, 20, 65'536});
  result.retry_max = one_of<milliseconds>(random, {1s, 200ms, 5s});
  result.seed_count = one_of<std::size_t>(random, {1'000, 1'000, 1, 2});
  if (result.seed_count == 1'000)
    result.unlisted_count = one_of<std::size_t>(random, {0, 0, 1, 2});
  result.shard_count = static_cast<std::uint16_t>(1 + random.below(2));
  set_shards(result, random);
  set_sessions(result, seed);
  set_last_seen(result, seed);
  auto chances = topic_end_chances(seed);
  result.topic_end_looks = one_of<std::size_t>(chances, {1, 2, 5, 256});
  return result;
}

} // namespace

node_schedule::node_schedule(std::uint64_t seed)
    : node_schedule{seed, test::random_source{seed}} {
}

node_schedule::node_schedule(std::uint64_t seed, test::random_source random)
    : random_{random},
      topic_ends_{topic_end_chances(seed)},
      settings_{settings_from(seed, random_)},
      subjects_{subjects_from(seed, random_)},
      cluster_{seed, node_count(random_), settings_} {
  auto& faults = cluster_.network.faults;
  faults.delay_max = one_of<duration>(random_, {1ms, 5ms, 50ms, 300ms});
  faults.early_reset = one_of<double>(random_, {0, 0.1, 0.5});
  faults.rejection = one_of<double>(random_, {0, 0.1});
  faults.repeat = one_of<double>(random_, {0, 0.2});
  faults.notice_max = one_of<duration>(random_, {200ms, 2s, 20s});
}

/// Whether shards stop to talk when all agree. What was sent earlier may still
/// arrive; and what a node missed of one that is down it asks others for only
/// when it notices that it cannot hear that one.
bool node_schedule::falls_silent() {
  cluster_.run_for(quiet);
  const auto before = cluster_.traffic();
  cluster_.run_for(quiet);
  return cluster_.traffic() == before;
}

std::optional<std::string> node_schedule::run() {
  try {
    cluster_.start_all();
    chaos();
    cluster_.run_for(chaos_time);
    heal();
    if (auto problem = cluster_.settle(patience))
      return problem;
    if (!falls_silent())
      return "traffic goes on though all agree";
    if (auto problem = cluster_.tell_all_seen(patience))
      return problem;
    return cluster_.difference();
  } catch (const std::logic_error& problem) {
    return problem.what();
  }
}

/// One random fault or a burst of writes, and plans the next.
void node_schedule::chaos() {
  if (!is_chaotic_)
    return;
  cluster_.time.after(duration{random_.between(1'000, 60'000)},
                      [this] { chaos(); });
  if (random_.chance(0.15))
    return fault();
  if (random_.chance(0.05))
    return forge_any(cluster_, random_, random_.below(cluster_.size()),
                     random_.below(cluster_.size()));
  const auto where = random_.below(cluster_.size());
  if (cluster_.is_running(where) && !cluster_.network.is_paused(where))
    write(where);
}

void node_schedule::fault() {
  auto& network = cluster_.network;
  const auto which = random_.below(cluster_.size());
  const auto other = random_.below(cluster_.size());
  switch (random_.below(18)) {
  case 0: {
    std::vector<bool> side;
    for (std::size_t i = 0; i < cluster_.size(); ++i)
      side.push_back(random_.chance(0.5));
    return network.set_partition(side, true);
  }
  case 1:
    return network.set_cut(which, other, true);
  case 2:
  case 3:
    return cluster_.set_cut(which, other, true);
  case 4:
  case 5:
    return network.mend_all();
  case 6:
    return network.break_connections(which, other);
  case 7:
    return network.slow_down(which, duration{random_.below(300'000)});
  case 8:
  case 9:
    return network.silence_connections(which, other);
  default:
    process_fault(which);
  }
}

/// Who others should refuse, or take for another node.
void node_schedule::start_disguised(std::size_t which) {
  disguise how;
  switch (random_.below(4)) {
  case 0:
    how.cluster_name = "other";
    break;
  case 1:
    how.shard_count = static_cast<std::uint16_t>(settings_.shard_count + 1);
    break;
  case 2:
    how.certificate = {"nobody"};
    break;
  default:
    how.name_of = random_.below(cluster_.size());
  }
  cluster_.start_disguised(which, how);
}

void node_schedule::process_fault(std::size_t which) {
  auto& network = cluster_.network;
  const bool is_able = cluster_.is_running(which) && !network.is_paused(which);
  switch (random_.below(10)) {
  case 0:
  case 1:
    return network.pause(which);
  case 2:
  case 3:
  case 4:
    for (std::size_t i = 0; i < cluster_.size(); ++i)
      if (random_.chance(0.5))
        network.resume(i);
    return;
  case 5:
    if (cluster_.is_running(which))
      cluster_.kill(which);
    return;
  case 6:
    if (is_able)
      cluster_.leave(which);
    return;
  case 7: // with a clock that jumped back
    return cluster_.start_behind(which, random_.between(1, 3'000));
  case 8:
    if (random_.chance(0.1))
      return roll();
    if (random_.chance(0.3))
      return start_disguised(which);
    [[fallthrough]];
  default:
    cluster_.start(which);
  }
}

/// All nodes are replaced, one after the other.
void node_schedule::roll() {
  for (std::size_t i = 0; i < cluster_.size(); ++i)
    cluster_.time.after(duration{i * random_.between(10'000, 600'000)},
                        [this, i] {
                          if (is_chaotic_)
                            cluster_.start(i);
                        });
}

void node_schedule::write(std::size_t where) {
  for (auto count = random_.between(1, 8); count > 0; --count) {
    const auto topic
        = "topic" + std::to_string(random_.below(subjects_.topics));
    const auto key = "key" + std::to_string(random_.below(subjects_.keys));
    const std::uint64_t owner = random_.below(subjects_.owners);
    switch (random_.below(20)) {
    case 18:
      follow(cluster_.process(where).watchers());
      break;
    case 16:
      cluster_.broadcast(where, topic);
      break;
    case 17:
      cluster_.tell(where, key, topic);
      break;
    case 0:
      cluster_.end_owner(
          where, owner,
          one_of<leave_reason>(random_,
                               {leave_reason::lost, leave_reason::lost,
                                leave_reason::left, leave_reason::kicked}));
      break;
    case 1:
      cluster_.late_call(where, key, owner, topic);
      break;
    case 2:
    case 3:
      cluster_.leave(where, key, owner, topic);
      break;
    case 4:
    case 5:
    case 6:
      cluster_.update(where, key, owner, topic);
      break;
    case 7:
    case 8:
    case 9:
      watch(cluster_.shard(where, topic), topic);
      break;
    default:
      cluster_.join(where, key, owner, topic,
                    one_of<std::uint32_t>(random_, {0, 30, 400, 2'000}));
    }
  }
  if (random_.chance(0.05))
    cluster_.leave_all(where, random_.below(subjects_.owners));
  if (topic_ends_.chance(0.03))
    end_topic("topic" + std::to_string(topic_ends_.below(subjects_.topics)));
  if (random_.chance(0.03))
    cluster_.shard(where, "topic0").crash_shard();
  if (random_.chance(0.03))
    cluster_.shard(where, "topic1").crash_by_interval();
  if (random_.chance(0.05))
    cluster_.shard(where, "topic1").dispatcher().crash(random_.below(4));
}

/// Nodes may end a topic that is being ended, while owners come back.
void node_schedule::end_topic(const std::string& topic) {
  for (auto count = topic_ends_.between(1, 3); count > 0; --count) {
    const auto where = topic_ends_.below(cluster_.size());
    cluster_.time.after(duration{topic_ends_.below(30'000)},
                        [this, where, topic] {
                          if (is_chaotic_ && cluster_.is_running(where)
                              && !cluster_.network.is_paused(where))
                            cluster_.end_topic(where, topic);
                        });
  }
}

void node_schedule::heal() {
  is_chaotic_ = false;
  auto& network = cluster_.network;
  network.faults = {};
  network.mend_all();
  for (std::size_t i = 0; i < cluster_.size(); ++i) {
    network.slow_down(i, duration{0});
    network.resume(i);
  }
  // Who is about to leave is gone before it is decided who runs: without the
  // nodes of their settings the others could not find each other.
  cluster_.run_for(goodbye);
  for (std::size_t i = 0; i < cluster_.size(); ++i) {
    const bool is_away = !cluster_.is_running(i);
    if (is_away ? i < settings_.seed_count % 1'000 || random_.chance(0.5)
                : cluster_.is_disguised(i))
      cluster_.start(i);
  }
}

} // namespace rollcall::sim
