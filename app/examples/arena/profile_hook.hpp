#pragma once

#include "app/examples/arena/database.hpp"
#include <rollcall/hooks.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace arena {

/// What the hooks of all shards count together.
struct profile_counts {
  std::atomic<std::uint64_t> queries{0}; ///< As `statement::runs` has it.
  std::atomic<std::uint64_t> names{0};   ///< Asked for by these queries.
  std::atomic<std::uint64_t> sides{0};   ///< Of the lobby's diffs: not empty.
  std::atomic<std::uint64_t> lists{0};   ///< Of the lobby, all at once.
  std::atomic<std::uint64_t> failures{0};
};

/// Adds to each player in the lobby what the database knows: `rating`, `wins`,
/// `losses`. One query for each side of a diff, however many players it has.
///
/// Threads: as `rollcall::hooks`.
class profile_hook final : public rollcall::hooks {
public:
  profile_hook(database_ptr file, statement_ptr query,
               std::shared_ptr<profile_counts> counts)
      : file_{std::move(file)},
        query_{std::move(query)},
        counts_{std::move(counts)} {
  }

  rollcall::enrichment fetch(const std::string& topic,
                             const rollcall::metas_by_key& presences) override;

  void on_diff(const rollcall::diff& change) override;

private:
  std::mutex mutex_; ///< `fetch` may run for a list at the same time.
  database_ptr file_;
  statement_ptr query_;
  std::shared_ptr<profile_counts> counts_;
};

/// Makes a hook for each shard, each with a connection of its own. The factory
/// throws `std::runtime_error` if the database cannot be opened.
[[nodiscard]] rollcall::hooks_factory
make_profile_hooks(std::string where, std::shared_ptr<profile_counts> counts);

} // namespace arena
