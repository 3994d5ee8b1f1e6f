#pragma once

#include "tests/sim/node_cluster.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace rollcall::sim {

/// How many there are to write about. Most schedules have few, so that
/// writes meet; some have what fills pages, leaves and tables.
struct subject_counts {
  std::size_t topics;
  std::size_t keys;
  std::size_t owners;
};

/// One run of a cluster of 2 to 30 whole nodes under random faults, all from
/// one seed.
///
/// At all times: as `node_cluster` and `node_witness` watch.
/// After healing: all show exactly what owners hold, and fall silent.
class node_schedule {
public:
  explicit node_schedule(std::uint64_t seed);

  /// @returns what went wrong, or nothing.
  std::optional<std::string> run();

  /// Writes of owners that were tried.
  [[nodiscard]] std::size_t writes() const noexcept {
    return cluster_.writes;
  }

  [[nodiscard]] std::size_t size() const noexcept {
    return cluster_.size();
  }

private:
  node_schedule(std::uint64_t seed, test::random_source random);

  void chaos();
  void fault();
  void process_fault(std::size_t which);
  void start_disguised(std::size_t which);
  void write(std::size_t where);
  void end_topic(const std::string& topic);
  void watch(node_shard& shard, const std::string& topic);
  void follow(simulated_watchers& watchers);
  void watch_range(simulated_watchers& watchers);
  void roll();
  void heal();
  [[nodiscard]] bool falls_silent();

  test::random_source random_;
  test::random_source topic_ends_;
  node_settings settings_;
  subject_counts subjects_;
  node_cluster cluster_;
  bool is_chaotic_ = true;
};

} // namespace rollcall::sim
