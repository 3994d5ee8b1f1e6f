#pragma once

#include "rollcall/answer.hpp"
#include "rollcall/batch.hpp"
#include "rollcall/config.hpp"
#include "rollcall/error.hpp"
#include "rollcall/hooks.hpp"
#include "rollcall/meta.hpp"
#include "rollcall/meta_change.hpp"
#include "rollcall/stats.hpp"
#include "rollcall/topic_page.hpp"
#include "rollcall/types.hpp"
#include "rollcall/watches.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/expected.hpp>
#include <caf/message.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall {

class runtime;

/// Who is here, right now: a handle to the presence runtime of this node. Cheap
/// to copy; all copies are the same runtime.
///
/// A presence is (topic, key, owner) with a meta, a JSON object: its text, or a
/// struct (`meta_object`). The owner is an actor: when it ends, for whatever
/// reason, its presences end.
///
/// Calls come in two forms. Inside an actor, pass `self`: the call returns what
/// `self->request` returns, so chain `.then`, `.await` or `.receive`; `self`
/// is the owner. On any other thread, pass the owner's handle: the call returns
/// the answer. Both do the same work at once, in the thread of the caller, and
/// never wait for another actor; so a call that follows, from anywhere, sees
/// what this one did. The same mistake gets the same error from both.
///
/// Errors:  a call that could fail for several reasons answers with the first
///          of these, whoever makes it:
///          1. `not_started`: the handle was default-constructed;
///          2. `shard_unavailable`: Rollcall was stopped, or the shard of the
///             topic crashed for good;
///          3. `invalid_owner`: the owner or subscriber is none, ended, or
///             lives on another node;
///          4. `invalid_topic`, `invalid_key`;
///          5. `too_large`, `invalid_meta`;
///          6. what is wrong with the state: `already_tracked`, `not_tracked`,
///             `key_taken`, `too_many_presences`, `too_many_subscribers`,
///             `conflict`.
///          While a shard that crashed is started again, calls go on as ever.
///          Reads give nothing on a default-constructed handle, and what was
///          there at the stop afterwards.
/// Threads: everything may be called from everywhere, hooks and update
///          functions included, as long as the actor system lives.
class presence : public presence_batches, public presence_watches {
public:
  /// A handle to nothing: see `not_started` above.
  presence() = default;

  /// Starts the runtime of this node inside an actor system. It ends with
  /// `stop`, or with the actor system.
  ///
  /// Errors: `invalid_config`, naming the setting and its bounds, or what the
  ///         hooks factory threw.
  [[nodiscard]] static caf::expected<presence>
  start(caf::actor_system& system, config settings = {},
        hooks_factory make_hooks = {});

  /// Ends all actors of the runtime and waits for them. Stopped already: fine.
  ///
  /// Errors: `inside_actor`, if an actor or a hook calls it: the end has begun,
  ///         but nobody waits for it.
  caf::error stop();

  /// Begins what `stop` does, and does not wait.
  void request_stop();

  // -- inside an actor --------------------------------------------------------

  /// Tracks `key` in `topic`, bound to the life of `self`.
  ///
  /// @returns a response handle for `tracked`.
  /// Errors: `already_tracked`, `invalid_topic`, `invalid_key`, `invalid_meta`,
  ///         `key_taken`, `too_large`, `too_many_presences`,
  ///         `shard_unavailable`.
  template <class Self>
  auto track(Self* self, std::string topic, std::string_view key,
             const meta_text& meta, track_options options = {}) const {
    return detail::answer(self,
                          do_track(self, std::move(topic), key, meta, options));
  }

  /// Replaces the meta.
  ///
  /// @returns a response handle for `tracked`.
  /// Errors: `not_tracked`, `invalid_meta`, `too_large`, `shard_unavailable`.
  template <class Self>
  auto update(Self* self, std::string topic, std::string_view key,
              const meta_text& meta) const {
    return detail::answer(self, do_update(self, topic, key, meta));
  }

  /// Replaces the meta by a function of the current presence, or of the struct
  /// that its meta is.
  ///
  /// Errors: also `invalid_meta`, if there is no function or it throws, or if
  ///         the meta is no such struct; `conflict`, if it changes this very
  ///         presence itself.
  template <class Self>
  auto update(Self* self, std::string topic, std::string_view key,
              const meta_change& change) const {
    return detail::answer(self, do_update(self, topic, key, change));
  }

  /// Changes some members of the meta by a merge patch (RFC 7396): members of
  /// the patch replace those of the meta, objects are merged, and null removes
  /// a member. All else stays as it is, whoever else changes it meanwhile.
  ///
  /// @returns a response handle for `tracked`.
  /// Errors: `not_tracked`; `invalid_meta`, `too_large`, of the patch or of
  ///         what comes of it; `shard_unavailable`.
  template <class Self>
  auto patch(Self* self, std::string topic, std::string_view key,
             const meta_text& changes) const {
    return detail::answer(self, do_patch(self, topic, key, changes));
  }

  /// Ends one presence of `self`; none there is no error.
  ///
  /// @returns a response handle for nothing: `.then([] {})`.
  template <class Self>
  auto untrack(Self* self, std::string topic, std::string_view key) const {
    return detail::answer(self, do_untrack(self, topic, key));
  }

  /// Ends all presences of `self`.
  template <class Self>
  auto untrack(Self* self) const {
    return detail::answer(self, do_untrack(self));
  }

  /// Sends `self` a `topic_snapshot_ptr`, then a `diff_ptr` for every later
  /// change and a `topic_event_ptr` for every broadcast. `self` does not
  /// appear in the topic. They come without a sender, so a message that `self`
  /// has no handler for concerns nobody else. One that may be slower than its
  /// topic should be `detached`: actors share CAF's threads, and one for which
  /// messages always wait gives its thread to nobody. Until it unsubscribes,
  /// quits, or `stop` is called, it is held: CAF does not end it when the last
  /// handle goes.
  ///
  /// @returns a response handle for nothing: `.then([] {})`.
  /// Errors: `invalid_topic`, `too_many_subscribers`, `shard_unavailable`.
  template <class Self>
  auto subscribe(Self* self, std::string topic,
                 subscribe_options options = {}) const {
    return detail::answer(
        self, do_subscribe(self, std::move(topic), options.wants_passed));
  }

  /// Ends a subscription; none there is no error.
  template <class Self>
  auto unsubscribe(Self* self, std::string topic) const {
    return detail::answer(self, do_unsubscribe(self, std::move(topic)));
  }

  /// As `broadcast` on any thread, without a switch of threads.
  template <class Self>
  caf::error broadcast(Self* self, topic_event_ptr event) const {
    return do_broadcast(self->context(), std::move(event));
  }

  // -- on any thread ----------------------------------------------------------

  /// As inside an actor; `owner` is whose life the presence is bound to.
  ///@{
  caf::expected<tracked> track(const caf::actor& owner, std::string topic,
                               std::string_view key, const meta_text& meta,
                               track_options options = {}) const;
  caf::expected<tracked> update(const caf::actor& owner, std::string topic,
                                std::string_view key,
                                const meta_text& meta) const;
  caf::expected<tracked> update(const caf::actor& owner, std::string topic,
                                std::string_view key,
                                const meta_change& change) const;
  caf::expected<tracked> patch(const caf::actor& owner, std::string topic,
                               std::string_view key,
                               const meta_text& changes) const;
  caf::error untrack(const caf::actor& owner, std::string topic,
                     std::string_view key) const;
  caf::error untrack(const caf::actor& owner) const;
  caf::error subscribe(const caf::actor& subscriber, std::string topic,
                       subscribe_options options = {}) const;
  ///@}

  /// Ends a subscription; none there is no error.
  ///
  /// @param subscriber who has it.
  /// @param topic whose messages are to end.
  /// @param context as in `subscribe_options`.
  caf::error unsubscribe(const caf::actor& subscriber, std::string topic,
                         caf::execution_unit* context = nullptr) const;

  /// Sends an event to the subscribers of its topic, on all nodes. Events of
  /// one topic keep their order; a diff that waits for its window may come
  /// later. One that finds `limits::waiting_events_max` others waiting is
  /// dropped and counted.
  ///
  /// Errors: `invalid_topic`, also if there is no event.
  caf::error broadcast(topic_event_ptr event) const;

  /// Delivers a message to every owner of a key in a topic, on all nodes; at
  /// most once, and not at all to one that ends meanwhile. `told_event` reaches
  /// gateway clients. In a cluster other types must be listed in
  /// `cluster_config::tell_types`; an error means that nobody got it.
  ///
  /// Errors: `invalid_topic`, `invalid_key`, `unknown_type`, `too_large`,
  ///         `shard_unavailable`.
  caf::error tell(const std::string& topic, const std::string& key,
                  caf::message content) const;

  // -- reads: no message, no waiting ------------------------------------------

  /// What the topic holds now, without enrichment. A caller that got the
  /// answer of a `track` sees it.
  [[nodiscard]] snapshot list(std::string_view topic) const;

  /// `list` with what the `fetch` hook adds; runs the hook in this thread.
  [[nodiscard]] topic_snapshot_ptr fetch_list(std::string topic) const;

  /// The presences of one key in a topic.
  [[nodiscard]] std::vector<entry_ptr> get_by_key(std::string_view topic,
                                                  std::string_view key) const;

  /// How large the topic is; does not depend on its size.
  [[nodiscard]] counts count(std::string_view topic) const;

  /// Some of what the topic holds, in order of key: about `limit` presences of
  /// the keys after `after`, at least one if there is one. A page ends with the
  /// key at which it has so many, so a key is never torn apart. Who goes on
  /// with `topic_page::next` sees every key that is there all the while exactly
  /// once, whoever comes and goes; of a key with more than
  /// `limits::page_key_presences_max` presences no more than its name. It costs
  /// what the page costs, however large the topic is.
  ///
  /// @param topic that is read.
  /// @param limit at most `limits::page_presences_max`; more is cut to it.
  /// @param after the key behind which the page begins; empty: at the first.
  [[nodiscard]] topic_page page(std::string_view topic, std::size_t limit,
                                std::string_view after = {}) const;

  /// Topics with presences in order of name: at most `limit`, those after
  /// `after`.
  [[nodiscard]] std::vector<std::pair<std::string, counts>>
  topics(std::size_t limit, std::string_view after = {}) const;

  /// Whether a `fetch` hook is there, so that `list` and `fetch_list` differ.
  [[nodiscard]] bool enriches() const noexcept;

  /// What this node counts about itself.
  [[nodiscard]] runtime_stats stats() const;

  /// What it was started with.
  [[nodiscard]] const config& settings() const noexcept;

private:
  friend class presence_batches;
  friend class presence_watches;
  friend struct presence_internals;

  explicit presence(std::shared_ptr<runtime> impl) noexcept;

  caf::expected<tracked> do_track(const detail::caller& by, std::string topic,
                                  std::string_view key, const meta_text& meta,
                                  track_options options) const;
  caf::expected<tracked> do_update(const detail::caller& by,
                                   const std::string& topic,
                                   std::string_view key,
                                   const meta_text& meta) const;
  caf::expected<tracked> do_update(const detail::caller& by,
                                   const std::string& topic,
                                   std::string_view key,
                                   const meta_change& change) const;
  caf::expected<tracked> do_patch(const detail::caller& by,
                                  const std::string& topic,
                                  std::string_view key,
                                  const meta_text& changes) const;
  caf::error do_untrack(const detail::caller& by, const std::string& topic,
                        std::string_view key) const;
  caf::error do_untrack(const detail::caller& by) const;
  caf::error do_subscribe(const detail::caller& by, std::string topic,
                          bool wants_passed) const;
  caf::error do_unsubscribe(const detail::caller& by, std::string topic) const;
  caf::error do_broadcast(caf::execution_unit* context,
                          topic_event_ptr event) const;

  std::shared_ptr<runtime> impl_;
};

} // namespace rollcall
