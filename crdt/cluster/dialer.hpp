#pragma once

#include "crdt/cluster/connections.hpp"
#include "crdt/replication/membership.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace rollcall::crdt {

/// Decides when to connect to which address again.
///
/// Shape:   a record an address; those that were only told of are dropped when
///          their node is gone.
/// Threads: one at a time.
class dialer {
public:
  /// Attempts that fail in a row before somebody should be told: a node that
  /// starts a little later than the others is none of his business.
  static constexpr unsigned failures_told = 5;

  dialer(std::chrono::milliseconds retry_min,
         std::chrono::milliseconds retry_max, std::uint64_t seed);

  /// An address from the settings: tried for ever.
  void add_seed(const std::string& address);

  /// The address leads to this node itself: it is not connected to any more.
  void forget_own(const std::string& address);

  /// Addresses to connect to now: those of the settings and of `peers`, where
  /// nobody is connected. They are under way until `done`. What only a peer
  /// told is dropped when its node is.
  [[nodiscard]] std::vector<std::string>
  due(const std::vector<peer_view>& peers, const connection_table& connections,
      tick_time now);

  /// An attempt ended. After a failure the next one waits, longer each time;
  /// `slow` goes to the longest wait at once, for answers that will not change
  /// soon. @returns how many attempts have failed in a row, at most 16.
  unsigned done(const std::string& address, bool is_ok, bool is_slow,
                tick_time now);

  /// Whether each seed has been tried once.
  [[nodiscard]] bool has_tried_all() const noexcept;

private:
  void retain(const std::set<std::string>& known);

  struct target {
    bool is_seed = false;
    bool is_own = false;
    bool is_under_way = false;
    bool was_tried = false;
    unsigned failures = 0;
    tick_time next{};
  };

  std::chrono::milliseconds retry_min_;
  std::chrono::milliseconds retry_max_;
  std::mt19937_64 random_;
  std::map<std::string, target> targets_;
};

} // namespace rollcall::crdt
