#pragma once

#include <cstddef>
#include <cstdint>

namespace rollcall::testing {

/// What a churn with crashes came to.
struct churn_report {
  std::size_t crashes = 0;
  std::size_t unanswered = 0;       ///< Calls that nothing came back for.
  std::size_t impossible_diffs = 0; ///< Double joins, leaves of nobody.
  std::size_t flickers = 0;         ///< Changes of presences nobody touched.
  std::size_t wrong_lists = 0;      ///< Owners not listed as they know it.
  std::size_t wrong_views = 0;      ///< Topics whose replayed diffs differ.
  std::size_t presences = 0;        ///< In the end.
};

/// Runs `owners` owners on real threads at random, kills a shard `crashes`
/// times meanwhile, waits for quiet and compares.
churn_report churn_with_crashes(std::uint64_t seed, std::size_t owners,
                                std::size_t crashes);

} // namespace rollcall::testing
