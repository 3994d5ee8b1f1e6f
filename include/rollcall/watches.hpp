#pragma once

#include "rollcall/answer.hpp"
#include "rollcall/follow.hpp"
#include "rollcall/topic_counts.hpp"
#include "rollcall/topic_range.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>
#include <caf/execution_unit.hpp>
#include <caf/expected.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall {

/// The calls of a `presence` that ask for keys, in whatever topics, for how
/// large topics are, and for a part of a large one, in both forms.
class presence_watches {
public:
  // -- inside an actor --------------------------------------------------------

  /// Tells `self` who of `keys` is online: a `follow_state` now, then a
  /// `came_online` when a key gets its first presence and a `went_offline` when
  /// it has lost its last, on any node, in any topic or in those that begin
  /// with `topic_prefix`. A key that is back within `config::diff_window`, or
  /// lingers, was never away. It costs what the changes of these keys cost,
  /// however large their topics are. No keys have a state as well, an empty
  /// one. See `follow.hpp`.
  ///
  /// @returns a response handle for nothing: `.then([] {})`.
  /// Errors: `invalid_topic`, `invalid_key`; `too_many_follows`: more than
  ///         `limits::follow_keys_max` in one call, or `config::follows_max` of
  ///         one actor; `shard_unavailable`.
  template <class Self>
  auto follow(Self* self, const std::vector<std::string>& keys,
              const std::string& topic_prefix = {}) const {
    return detail::answer(self, do_follow(self, keys, topic_prefix));
  }

  /// Ends to follow keys; those that are not followed are no error. What was
  /// told before may still be in the mailbox.
  ///
  /// Errors: of the keys and the prefix, as those of `follow`;
  ///         `shard_unavailable`.
  template <class Self>
  auto unfollow(Self* self, const std::vector<std::string>& keys,
                const std::string& topic_prefix = {}) const {
    return detail::answer(self, do_unfollow(self, keys, topic_prefix));
  }

  /// Ends all that `self` follows.
  template <class Self>
  auto unfollow(Self* self) const {
    return detail::answer(self, do_unfollow(self));
  }

  /// Tells `self` how large topics are, without who is in them: a
  /// `topic_counts_ptr` with all topics now, then at most one each `interval`
  /// with those that changed. For lists of lobbies and counters of large rooms:
  /// a change costs the same however large its topic is. Called again for a
  /// pattern, it tells all again.
  ///
  /// A pattern is a topic, or a prefix and `*`; `*` is all topics. An interval
  /// is 10 ms to 1 hour.
  ///
  /// @returns a response handle for nothing: `.then([] {})`.
  /// Errors: `invalid_topic`; `invalid_config`, for the interval;
  ///         `too_many_subscribers`: more than `limits::count_watches_max`
  ///         patterns of one actor; `shard_unavailable`.
  template <class Self>
  auto watch_counts(Self* self, const std::string& pattern,
                    std::chrono::milliseconds interval
                    = std::chrono::seconds{1}) const {
    return detail::answer(self, do_watch_counts(self, pattern, interval));
  }

  /// Ends to watch a pattern; none there is no error.
  template <class Self>
  auto unwatch_counts(Self* self, const std::string& pattern) const {
    return detail::answer(self, do_unwatch_counts(self, pattern));
  }

  /// Tells `self` what stands at some places of a topic, where presences stand
  /// in order of key: a `topic_range_ptr` with all of it now, then at most one
  /// each `interval` with what changed. For the part of a long list that
  /// somebody looks at: it costs what the range holds and no more in a topic
  /// that is larger, but for one walk over it each interval, however many
  /// watch. Called again for a range, it tells all again.
  ///
  /// @param self who is told.
  /// @param topic whose places these are.
  /// @param first the first place, from 0; there need be nobody.
  /// @param last the last place, at least `first`; with it, at most
  ///        `limits::range_presences_max` places.
  /// @param interval 10 ms to 1 hour.
  /// @returns a response handle for nothing: `.then([] {})`.
  /// Errors: `invalid_topic`; `invalid_config`, for the range or the interval;
  ///         `too_many_subscribers`: more than `limits::range_watches_max`
  ///         ranges of one actor; `shard_unavailable`.
  template <class Self>
  auto watch_range(Self* self, const std::string& topic, std::size_t first,
                   std::size_t last,
                   std::chrono::milliseconds interval
                   = std::chrono::seconds{1}) const {
    return detail::answer(self,
                          do_watch_range(self, topic, first, last, interval));
  }

  /// Ends to watch a range; none there is no error.
  template <class Self>
  auto unwatch_range(Self* self, const std::string& topic, std::size_t first,
                     std::size_t last) const {
    return detail::answer(self, do_unwatch_range(self, topic, first, last));
  }

  // -- on any thread ----------------------------------------------------------

  /// For an actor, as the calls inside it.
  ///@{
  caf::error follow(const caf::actor& follower,
                    const std::vector<std::string>& keys,
                    const std::string& topic_prefix = {}) const;
  caf::error unfollow(const caf::actor& follower,
                      const std::vector<std::string>& keys,
                      const std::string& topic_prefix = {}) const;
  caf::error unfollow(const caf::actor& follower) const;

  caf::error watch_counts(const caf::actor& watcher, const std::string& pattern,
                          std::chrono::milliseconds interval
                          = std::chrono::seconds{1}) const;
  caf::error unwatch_counts(const caf::actor& watcher,
                            const std::string& pattern) const;

  caf::error watch_range(const caf::actor& watcher, const std::string& topic,
                         std::size_t first, std::size_t last,
                         std::chrono::milliseconds interval
                         = std::chrono::seconds{1}) const;
  caf::error unwatch_range(const caf::actor& watcher, const std::string& topic,
                           std::size_t first, std::size_t last) const;
  ///@}

  /// Those of the keys that have a presence, in any topic or in those that
  /// begin with `topic_prefix`, on any node. The first call of this or of
  /// `follow` looks at all presences once; from then on each write also counts
  /// its key. None if that is not known, for the reasons that `find_online`
  /// tells.
  [[nodiscard]] std::vector<std::string>
  online(const std::vector<std::string>& keys,
         std::string_view topic_prefix = {}) const;

  /// As `online`, for keys that come from outside: what `follow` refuses is
  /// refused here as well, and a key that is given twice is told once.
  ///
  /// Errors: `not_started`; `shard_unavailable`, if what tells followers is
  ///         down for good or Rollcall was stopped; `invalid_topic`,
  ///         `invalid_key`, `too_many_follows`.
  [[nodiscard]] caf::expected<std::vector<std::string>>
  find_online(const std::vector<std::string>& keys,
              const std::string& topic_prefix = {}) const;

  /// How long ago a key was online, in any topic, on any node: 0 if it is now,
  /// nothing if that is not known, as after `config::last_seen_for` or above
  /// `config::last_seen_max`. Nodes differ by how long the end of a presence
  /// takes to reach them, by a few seconds. A node that starts, or that was cut
  /// off, learns what it missed from those that it meets. If nodes say
  /// different times, the latest counts: a node that was stopped, as in a
  /// virtual machine that is moved, takes what it missed for ended when it goes
  /// on, and all others believe it.
  [[nodiscard]] std::optional<std::chrono::milliseconds>
  last_seen(const std::string& key) const;

  /// As for one key: an answer for each, in their order.
  [[nodiscard]] std::vector<std::optional<std::chrono::milliseconds>>
  last_seen_many(const std::vector<std::string>& keys) const;

protected:
  /// A part of a `presence`, and never by itself.
  ~presence_watches() = default;

private:
  caf::error do_follow(const detail::caller& by,
                       std::span<const std::string> keys,
                       const std::string& topic_prefix) const;
  caf::error do_unfollow(const detail::caller& by,
                         std::span<const std::string> keys,
                         const std::string& topic_prefix) const;
  caf::error do_unfollow(const detail::caller& by) const;
  caf::error do_watch_counts(const detail::caller& by,
                             const std::string& pattern,
                             std::chrono::milliseconds interval) const;
  caf::error do_unwatch_counts(const detail::caller& by,
                               const std::string& pattern) const;
  caf::error do_watch_range(const detail::caller& by, const std::string& topic,
                            std::size_t first, std::size_t last,
                            std::chrono::milliseconds interval) const;
  caf::error do_unwatch_range(const detail::caller& by,
                              const std::string& topic, std::size_t first,
                              std::size_t last) const;
};

} // namespace rollcall
