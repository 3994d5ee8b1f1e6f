#pragma once

#include "tests/sim/simulated_network.hpp"
#include "tests/sim/simulated_replica.hpp"
#include "tests/support/random.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace rollcall::sim {

/// One run of 2 to 7 replicas under random faults, all from one seed.
///
/// At all times: each diff is the exact difference of what is shown; nobody
/// shows a presence that never was; what has left does not join again.
/// After healing: everybody shows exactly what all own.
class replica_schedule {
public:
  explicit replica_schedule(std::uint64_t seed);

  /// @returns what went wrong, or nothing.
  std::optional<std::string> run();

  /// Own writes that were done.
  [[nodiscard]] std::size_t writes() const noexcept {
    return writes_;
  }

private:
  using identity = std::tuple<std::string, std::string, std::uint64_t>;

  struct site {
    std::uint64_t incarnation = 0;
    std::unique_ptr<simulated_replica> replica;
    std::map<identity, std::string> owned; ///< What its owners hold, by text.
    std::set<crdt::dot> ended;             ///< Dots that left for good here.
  };

  void start(std::size_t which);
  void tick(std::size_t which);
  void chaos();
  void heal();
  void write(site& where);
  void write_one(site& where, const identity& who);
  void note(site& where, const crdt::changes& reported, bool is_about_replica);
  void note_own(site& where);
  [[nodiscard]] std::optional<std::string> difference();

  test::random_source random_;
  simulated_time time_;
  replica_settings settings_;
  std::vector<site> sites_;
  simulated_network<replica_message> network_;
  std::map<crdt::dot, std::string> ever_; ///< Each presence there ever was.
  bool is_chaotic_ = true;
  std::size_t writes_ = 0;
};

} // namespace rollcall::sim
