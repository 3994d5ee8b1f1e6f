#pragma once

#include "actors/cluster/link.hpp"

#include <caf/actor_clock.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall {

/// Where to connect to.
struct peer_address {
  std::string host;
  std::uint16_t port = 0;
};

/// Reads `host:port`, with `[...]` around an IPv6 address.
[[nodiscard]] std::optional<peer_address>
parse_peer_address(std::string_view text);

/// Decides when to connect to which address again.
///
/// Shape:   a record an address; those that were only told of are dropped when
///          their node is gone.
/// Threads: one at a time.
class dialer {
public:
  using time_point = caf::actor_clock::time_point;

  dialer(std::chrono::milliseconds retry_min,
         std::chrono::milliseconds retry_max, std::uint64_t seed);

  /// An address from the settings: tried for ever.
  void add_seed(const std::string& address);

  /// An address that another node told.
  void add(const std::string& address);

  /// Drops what was told and is not in `known` any more.
  void retain(const std::set<std::string>& known);

  /// The address leads to this node itself.
  void is_own(const std::string& address);

  /// Addresses to connect to now, of those that `is_connected` denies. They are
  /// under way until `done`.
  template <class IsConnected>
  [[nodiscard]] std::vector<std::string> due(time_point now,
                                             IsConnected is_connected) {
    std::vector<std::string> result;
    for (auto& [address, target_state] : targets_)
      if (!target_state.is_own && !target_state.is_under_way
          && target_state.next <= now && !is_connected(address)) {
        target_state.is_under_way = true;
        result.push_back(address);
      }
    return result;
  }

  /// An attempt ended. After a failure the next one waits, longer each time;
  /// `slow` goes to the longest wait at once, for answers that will not change
  /// soon.
  void done(const std::string& address, bool is_ok, bool is_slow,
            time_point now);

  /// Whether each seed has been tried once.
  [[nodiscard]] bool has_tried_all() const noexcept;

private:
  struct target {
    bool is_seed = false;
    bool is_own = false;
    bool is_under_way = false;
    bool was_tried = false;
    unsigned failures = 0;
    time_point next{};
  };

  std::chrono::milliseconds retry_min_;
  std::chrono::milliseconds retry_max_;
  std::mt19937_64 random_;
  std::map<std::string, target> targets_;
};

} // namespace rollcall
