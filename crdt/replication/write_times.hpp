#pragma once

#include "crdt/replication/membership.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rollcall::crdt {

/// When this node wrote what: tells how old the oldest write is that somebody
/// lacks.
///
/// Shape:   two lists of at most `samples_max`: of the last seconds, a
///          `fine_step` apart, and of the last ten minutes, a `coarse_step`
///          apart. What is older counts as ten minutes.
/// Threads: one at a time.
class write_times {
public:
  static constexpr std::size_t samples_max = 120;
  static constexpr tick_time fine_step = std::chrono::milliseconds{50};
  static constexpr tick_time coarse_step = std::chrono::seconds{5};

  /// All up to `seq` is written by now.
  void note(std::uint64_t seq, tick_time now);

  /// The age of the oldest write after `known`; 0 if there is none. Too high by
  /// at most a step.
  [[nodiscard]] tick_time age_after(std::uint64_t known, tick_time now) const;

private:
  /// The writes up to `seq` that no earlier sample has; the first was then.
  struct sample {
    std::uint64_t seq;
    tick_time when;
  };
  using samples = std::vector<sample>;

  static void add(samples& to, tick_time step, sample fresh);

  samples fine_;
  samples coarse_;
};

} // namespace rollcall::crdt
