#pragma once

#include "rollcall/entry.hpp"
#include "rollcall/leave_reason.hpp"
#include "rollcall/testing/cluster.hpp"
#include "rollcall/types.hpp"

#include <caf/actor_addr.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::testing {

/// What can become of a presence.
enum class change_kind : std::uint8_t { joined, updated, left };

/// One thing that a subscriber was told.
struct change {
  change_kind kind = change_kind::joined; ///< What became of it.
  entry_ptr presence;                     ///< The newest version that was told.
  leave_reason why = leave_reason::left;  ///< Only with `left`.
};

/// Subscribes to a topic on a node of a test's cluster and keeps what it is
/// told, for a test to wait for.
///
///     subscriber diffs{world[1], "arena:1"};
///     BOOST_TEST(diffs.await_join("ann"));
///
/// Those who are there at first count as joined. Each `await` goes on behind
/// the change that the one before found, and lets time pass until it finds one
/// that fits; if none comes in time, the next starts where this one did. When
/// the node is killed nothing comes any more: make a new one.
///
/// Threads: that of the test.
class subscriber {
public:
  /// Of fake time.
  using duration = testing::cluster::duration;

  /// @pre the node runs, and its cluster outlives this.
  subscriber(node& where, std::string topic);

  subscriber(const subscriber&) = delete;
  subscriber& operator=(const subscriber&) = delete;

  /// Ends the subscription.
  ~subscriber();

  /// Each waits for one change of a key. @returns whether it came.
  ///@{
  bool await_join(std::string_view key,
                  duration within = testing::cluster::patience);
  bool await_update(std::string_view key,
                    duration within = testing::cluster::patience);
  bool await_leave(std::string_view key,
                   duration within = testing::cluster::patience);
  ///@}

  /// Waits for a change that fits. @returns whether it came.
  bool await(const std::function<bool(const change&)>& fits,
             duration within = testing::cluster::patience);

  /// All that was told so far, in order.
  [[nodiscard]] const std::vector<change>& changes() const noexcept;

  /// The keys that are there by what was told so far, in order.
  [[nodiscard]] std::vector<std::string> keys() const;

private:
  struct record;

  testing::cluster& world_;
  std::shared_ptr<record> told_;
  caf::actor_addr actor_; ///< Ends with its node.
  std::size_t next_ = 0;  ///< Of the changes: where the next `await` starts.
};

} // namespace rollcall::testing
