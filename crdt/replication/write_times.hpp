#pragma once

#include "crdt/replication/membership.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rollcall::crdt {

/// When this node wrote what, coarsely: tells how old the oldest write is that
/// somebody lacks.
///
/// Shape:   at most `samples_max` samples, `step` apart at first; when they are
///          too many, every second one goes, so long silences cost precision.
/// Threads: one at a time.
class write_times {
public:
  static constexpr std::size_t samples_max = 128;
  static constexpr tick_time step = std::chrono::milliseconds{20};

  /// All up to `seq` is written by now.
  void note(std::uint64_t seq, tick_time now);

  /// The age of the oldest write after `known`; 0 if there is none. At most
  /// too high by the distance of two samples.
  [[nodiscard]] tick_time age_after(std::uint64_t known, tick_time now) const;

private:
  struct sample {
    std::uint64_t seq;
    tick_time when;
  };

  void thin_out();

  std::vector<sample> samples_; ///< Both grow.
  std::uint64_t last_seq_ = 0;
};

} // namespace rollcall::crdt
