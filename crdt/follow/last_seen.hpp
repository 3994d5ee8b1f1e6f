#pragma once

#include "crdt/replication/seen_key.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace rollcall::crdt {

struct last_seen_settings {
  tick_time keep{};         ///< For so long; 0: nothing is kept.
  std::size_t keys_max = 1; ///< At least 1.
};

/// When keys that have no presence any more had their last one, by this node's
/// clock. For each key it is the latest time that this node saw or that others
/// told, give or take `slack`. Above `keys_max` the key that was here longest
/// ago is forgotten.
///
/// Shape:   about 220 bytes a key.
/// Threads: one at a time.
class last_seen {
public:
  /// What others tell is news only if it is later by more than this: nodes
  /// learn of one end at different times, and clocks differ in speed. Without
  /// it two nodes would tell each other the same for ever. So a table
  /// that is full takes what is later than its earliest key by more than this:
  /// each key that it takes makes its times later by so much, and an exchange
  /// between full tables ends.
  static constexpr tick_time slack{3'000'000};

  static constexpr std::size_t page_bytes_max = std::size_t{64} * 1024;
  static constexpr std::size_t bytes_beside_a_key = 8; ///< In a page.

  /// Counts what was noted. Others are told what is after a position.
  using position = std::uint64_t;

  struct page {
    std::vector<seen_key> keys;
    position end = 0;     ///< Where to go on.
    bool is_last = false; ///< Nothing was noted after it yet.
  };

  /// What of it a page is to have.
  struct selection {
    bool observed = true;               ///< What this node saw itself.
    replica_tag reader{};               ///< What it told itself is left out.
    std::size_t bytes = page_bytes_max; ///< About the most.
  };

  explicit last_seen(const last_seen_settings& settings) : settings_{settings} {
  }

  [[nodiscard]] bool is_kept() const noexcept {
    return settings_.keep > tick_time{0};
  }

  /// A key lost its last presence.
  void ended(std::string_view key, tick_time now);

  /// A key has a presence: it is seen now.
  void came(std::string_view key);

  /// A key that has no presence had its last one so long ago, as another node
  /// says.
  void learn(const seen_key& told, tick_time now);

  /// Nothing if it is not known, or too long ago. Never later than `now`: who
  /// took the time may have been overtaken by an end.
  [[nodiscard]] std::optional<tick_time> find(std::string_view key,
                                              tick_time now) const;

  /// What was noted after a position, in that order. No age is below 0.
  [[nodiscard]] page read_after(position where, const selection& wanted,
                                tick_time now) const;

  [[nodiscard]] std::size_t size() const noexcept {
    return notes_.size();
  }

private:
  struct note {
    tick_time when;
    position at;
    replica_tag teller; ///< As in `seen_key`.
  };

  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  using map = std::unordered_map<std::string, note, text_hash, std::equal_to<>>;

  [[nodiscard]] bool is_news(std::string_view key, tick_time when) const;
  void write(std::string_view key, tick_time when, replica_tag teller);
  void drop(map::iterator which);
  void drop_earliest();
  void drop_old(tick_time now);

  last_seen_settings settings_;
  map notes_;
  std::map<position, const map::value_type*> in_order_;
  std::set<std::pair<tick_time, std::string_view>> by_time_;
  position last_ = 0;
};

} // namespace rollcall::crdt
