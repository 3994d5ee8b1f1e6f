#pragma once

#include "actors/thread_safety.hpp"
#include "crdt/follow/heard_keys.hpp"
#include "crdt/net_changes.hpp"
#include "rollcall/hooks.hpp"

#include <caf/error.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

namespace rollcall {

/// Runs an embedder's hooks for one shard and stands between them and the
/// rest: what they throw is logged and counted.
///
/// Threads: the dispatcher's, but for `fetch` and `failures`.
class hook_runner {
public:
  explicit hook_runner(hooks_factory make_hooks);

  /// Whether there are hooks at all.
  [[nodiscard]] bool is_active() const noexcept {
    return static_cast<bool>(make_hooks_);
  }

  /// Makes the hooks for the first time.
  /// Errors: `invalid_config`, if the factory throws or gives none.
  [[nodiscard]] caf::error prepare();

  /// Calls `init`, of fresh hooks if the last ones were started before.
  void start();

  /// Tells of nothing any more; the diff or key that is under way goes on.
  void end() noexcept;

  /// Whether there are hooks, and they are called no more.
  [[nodiscard]] bool have_ended() const noexcept {
    return is_active() && has_ended_.load(std::memory_order_relaxed);
  }

  /// What `fetch` adds; empty if it throws. Waits until `init` has run, but
  /// inside of a hook.
  [[nodiscard]] enrichment fetch(const std::string& topic,
                                 const metas_by_key& presences);

  /// Adds what `fetch` says of a diff's presences.
  void enrich(diff& change);

  /// Enriches a diff, then tells `on_diff` and `on_metas` of it.
  void run(diff& change);

  /// Whether they want to hear of keys.
  [[nodiscard]] bool follow_keys();

  /// A key came online or went offline.
  void tell(const crdt::key_status& status);

  [[nodiscard]] std::uint64_t failures() const noexcept {
    return failures_.load(std::memory_order_relaxed);
  }

private:
  void let_fetch() noexcept;
  template <class Call>
  std::string guarded(const char* name, Call call);
  void check(enrichment& added);
  const metas_by_key& bring_up_to_date(const diff& change);
  [[nodiscard]] std::shared_ptr<hooks> current() const;

  hooks_factory make_hooks_;
  mutable checked_mutex hooks_mutex_;
  // No `std::atomic`: in libstdc++ 12 its `load` does not order the read before
  // the write of a later `store`, which is a data race.
  std::shared_ptr<hooks> hooks_ ROLLCALL_GUARDED_BY(hooks_mutex_);
  bool is_fresh_ = false;                ///< `init` did not run yet.
  std::atomic<bool> is_started_ = false; ///< `init` ran, or never will.
  std::atomic<bool> has_ended_ = false;
  std::unordered_map<std::string, metas_by_key> present_;
  std::atomic<std::uint64_t> failures_ = 0;
};

/// Presences by key, as the hooks take them.
[[nodiscard]] metas_by_key by_key(const std::vector<entry_ptr>& presences);
[[nodiscard]] metas_by_key by_key(const snapshot& presences);

} // namespace rollcall
