#pragma once

#include "crdt/due_times.hpp"
#include "crdt/replication/heartbeat.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rollcall::crdt {

struct key_status {
  std::string key;
  bool is_online = false;
};

/// What somebody is to hear of all keys, who asks for it as it gets on: of each
/// key in turn that it is online, at once, and that it has been offline for
/// `window`. What came and went again since it asked last it does not hear of,
/// so what waits is bounded by the keys that are online or were when it asked.
///
/// Shape:   about 100 bytes for each key that is online or waits.
/// Threads: one at a time.
class heard_keys {
public:
  explicit heard_keys(tick_time window) : window_{window} {
  }

  /// Whether a key is online may have changed.
  void changed(std::string_view key, bool is_online, tick_time now);

  /// Another one asks from now on. It hears of all that are online, and that
  /// those are offline of which the one before may not have told that.
  void start_anew();

  /// The calls were lost: there is one more.
  void call_again() noexcept {
    is_called_ = false;
  }

  /// Whether there is something to ask for: said once until somebody asks.
  [[nodiscard]] bool calls(tick_time now);

  /// What there is to hear, at most `count`; nothing if that was all.
  [[nodiscard]] std::vector<key_status> take(std::size_t count);

  /// When `calls` has to be asked, if nothing else happens.
  [[nodiscard]] std::optional<tick_time> next_deadline() const {
    return due_.earliest();
  }

  /// Keys that are online or wait.
  [[nodiscard]] std::size_t size() const noexcept {
    return keys_.size();
  }

private:
  struct state {
    bool is_online = false;
    std::optional<bool> heard = false; ///< None: others did, perhaps.
    bool is_waiting = false;           ///< In `waiting_`.
  };
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  using map
      = std::unordered_map<std::string, state, text_hash, std::equal_to<>>;

  void drop_if_settled(map::iterator which);

  // The views are of the keys in `keys_`.
  tick_time window_;
  map keys_;
  due_times<std::string_view> due_; ///< When a change begins to wait.
  std::deque<std::string_view> waiting_;
  std::vector<std::string> gone_; ///< Offline, as `take` said it last.
  bool is_called_ = false;
};

} // namespace rollcall::crdt
