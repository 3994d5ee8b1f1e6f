#pragma once

#include "crdt/diff/diff_queue.hpp"
#include "crdt/follow/heard_keys.hpp"
#include "crdt/follow/key_directory.hpp"
#include "crdt/follow/last_seen.hpp"
#include "crdt/follow/slot_table.hpp"
#include "crdt/interval.hpp"
#include "crdt/replication/heartbeat.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace rollcall::crdt {

struct follow_settings {
  tick_time window{};               ///< A key is offline after so long.
  std::size_t follows_max = 10'000; ///< Of one follower.
  std::size_t calls_max = 65'536;   ///< That wait for `next`.
  last_seen_settings last_seen;
};

/// Which of the keys of one call to `follow` are online.
struct follow_state_delivery {
  subscriber_id to;
  std::string topic_prefix;
  std::vector<std::string> online;
  std::vector<std::string> offline;
};

/// A key came online, or went offline.
struct status_delivery {
  std::string key;
  std::string topic_prefix;
  bool is_online = false;
  std::vector<subscriber_id> to;
};

using follow_delivery = std::variant<follow_state_delivery, status_delivery>;

/// Who follows which keys, and what they must be told. A key is online as long
/// as it has a presence, in any topic or in those that begin with a prefix, on
/// any node. It comes online with the first, at once; it goes offline when it
/// has had none for `window`.
///
/// What a follower hears of a key is a state, and then one `status_delivery`
/// for each time that the key changes, in order.
///
/// Shape:   16 bytes for each follower of a key, and the room that vectors
///          keep; 100 bytes for each key that is followed. A change costs in
///          proportion to those who follow its key, with prefixes that fit its
///          topic.
/// Threads: one at a time.
class follow_core {
public:
  explicit follow_core(const follow_settings& settings)
      : settings_{settings},
        last_seen_{settings.last_seen} {
  }

  // -- what is here -----------------------------------------------------------

  /// Takes what became visible and invisible in any topic. Changes of several
  /// threads may come in any order; see `key_directory`.
  void take(std::span<const change> all, tick_time now);

  /// Takes presences that were there before anybody told of changes.
  void add(std::string_view topic, std::string_view key, tick_time now) {
    count(topic, key, 1, now);
  }

  /// Whether a key has a presence in a topic that begins with `topic_prefix`.
  [[nodiscard]] bool is_online(std::string_view key,
                               std::string_view topic_prefix) const;

  /// When a key had its last presence: `now` if it has one, nothing if that is
  /// not known.
  [[nodiscard]] std::optional<tick_time> last_seen_of(std::string_view key,
                                                      tick_time now) const;

  /// Other nodes saw keys that may have presences here.
  void learn(std::span<const seen_key> all, tick_time now);

  /// What other nodes should learn; see `last_seen`.
  [[nodiscard]] const last_seen& seen() const noexcept {
    return last_seen_;
  }

  // -- followers --------------------------------------------------------------

  enum class answer : std::uint8_t {
    done,
    too_many,      ///< The follower would follow more than `follows_max`.
    calls_waiting, ///< `calls_max` others wait.
  };

  /// Starts to follow keys. Those that are followed already are told again.
  answer follow(subscriber_id who, const std::string& topic_prefix,
                std::span<const std::string> keys);
  void unfollow(subscriber_id who, const std::string& topic_prefix,
                std::span<const std::string> keys);
  /// Ends all that a follower follows.
  void forget(subscriber_id who);

  /// Deliveries were lost: every follower is told all states again, and all
  /// hooks are called again.
  void tell_all_again();

  // -- hooks, which hear of all keys ------------------------------------------

  /// Fresh hooks want to hear of a share of all keys, in all topics.
  /// @pre `share` < `shares`, which is the same in each call.
  void start_to_hear(std::size_t share, std::size_t shares, tick_time now);

  /// What the hooks of a share are to hear; as `heard_keys::take`.
  [[nodiscard]] std::vector<key_status> take_heard(std::size_t share,
                                                   std::size_t count) {
    return hearers_.at(share).take(count);
  }

  /// The shares whose hooks should ask, each once until they do.
  [[nodiscard]] std::vector<std::size_t> take_hearers(tick_time now);

  // -- deliveries -------------------------------------------------------------

  /// The next thing to send; nothing if there is none before
  /// `next_deadline`.
  [[nodiscard]] std::optional<follow_delivery> next(tick_time now);

  /// When `next` or `take_hearers` has something, if nothing else happens.
  [[nodiscard]] std::optional<tick_time> next_deadline() const;

  // -- what there is to see ---------------------------------------------------

  [[nodiscard]] bool is_following(subscriber_id who) const {
    return numbers_.contains(who);
  }
  [[nodiscard]] std::size_t followers() const noexcept {
    return numbers_.size();
  }
  [[nodiscard]] std::size_t follows() const noexcept {
    return follows_;
  }
  [[nodiscard]] std::size_t keys() const noexcept {
    return directory_.size();
  }

private:
  using number = slot_table<int>::number;
  using numbers = std::vector<number>;

  /// One side of a follow: who or which key is on the other side, and where
  /// that one has this in its vector.
  struct edge {
    number other;
    std::uint32_t place_there;
  };

  struct scope {
    std::string topic_prefix;
    std::size_t watched = 0;
  };

  /// A key in a scope that somebody follows.
  struct watched_key {
    key_directory::record* key = nullptr;
    scope* where = nullptr;
    std::int64_t presences = 0;
    bool is_told_online = false;
    std::optional<tick_time> due; ///< When the opposite is told; in `due_`.
    std::vector<edge> followers;

    [[nodiscard]] bool is_online() const noexcept {
      return presences > 0;
    }
  };

  struct follower {
    subscriber_id id;
    std::vector<edge> follows;
  };

  /// A call to `follow` whose state is not told yet.
  struct waiting_state {
    subscriber_id to;
    std::string topic_prefix;
    std::vector<number> watched;
  };

  void count(std::string_view topic, std::string_view key, int by,
             tick_time now);
  void note(number which, tick_time now);
  void note_seen(const key_directory::record& record, tick_time now);
  [[nodiscard]] heard_keys& hearer_of(std::string_view key);
  void set_due(number which, std::optional<tick_time> when);
  scope& scope_of(const std::string& topic_prefix);
  number watch(const std::string& topic_prefix, const std::string& key);
  [[nodiscard]] std::optional<number>
  find_watched(std::string_view topic_prefix, std::string_view key) const;
  void end_watch(number which);
  [[nodiscard]] std::string_view prefix_of(number which) const;
  [[nodiscard]] numbers::const_iterator
  place_of(const numbers& watches, std::string_view topic_prefix) const;
  number number_of(subscriber_id who);
  [[nodiscard]] std::vector<std::uint32_t>
  places_of(number who, std::span<const number> keys) const;
  [[nodiscard]] numbers followed_of(number who,
                                    std::span<const number> keys) const;
  void connect(number who, number which);
  void disconnect(number who, std::uint32_t place);
  void end_follower_if_idle(number who);
  [[nodiscard]] std::optional<follow_delivery> next_state();
  [[nodiscard]] std::optional<follow_delivery> next_status(tick_time now);

  follow_settings settings_;
  key_directory directory_;
  last_seen last_seen_;
  std::map<std::string, scope, std::less<>> scopes_;
  slot_table<watched_key> watched_;
  slot_table<follower> followers_;
  std::unordered_map<subscriber_id, number> numbers_;
  std::deque<waiting_state> states_;
  std::set<std::pair<tick_time, number>> due_;
  std::size_t follows_ = 0;
  std::vector<heard_keys> hearers_; ///< By share; none as long as nobody hears.
};

} // namespace rollcall::crdt
