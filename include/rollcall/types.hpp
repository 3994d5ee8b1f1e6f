#pragma once

#include "rollcall/dot.hpp"
#include "rollcall/entry.hpp"
#include "rollcall/leave_reason.hpp"
#include "rollcall/snapshot.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace rollcall {

/// What a successful `track` or `update` answers.
struct tracked {
  rollcall::dot dot;              ///< Names this version of the presence.
  std::uint64_t previous_seq = 0; ///< The version before; 0 after a `track`.

  /// The version as Phoenix clients see it.
  [[nodiscard]] std::string phx_ref() const;

  /// The version before, empty after a `track`.
  [[nodiscard]] std::string phx_ref_prev() const;
};

/// Options of `track`.
struct track_options {
  /// How long the presence outlives an abnormal end of its owner, in
  /// milliseconds. Abnormal is every end but `exit_reason::normal`, which is
  /// that of `quit()`, and `ec::kicked`: so a client whose connection is gone
  /// lingers, and one that leaves its channel does not. A new presence of the
  /// same key in the topic takes its place: others see an update, not a leave
  /// and a join. 0: not at all.
  std::uint32_t linger_ms = 0;
};

/// Options of `subscribe`.
struct subscribe_options {
  /// Also sends the diffs that hold nothing but `diff::passed` and
  /// `diff::returned`. For who serves several readers and gives each the `list`
  /// of the moment when it comes.
  bool wants_passed = false;

  /// The execution unit of the calling thread, if it is one: an actor that the
  /// call wakes takes its turn there. Null: on CAF's scheduler. A call inside
  /// an actor uses that of the actor.
  caf::execution_unit* context = nullptr;
};

/// Makes the new meta from the current presence. It runs in the thread of the
/// caller, under no lock, so it may call Rollcall; and it runs again when the
/// presence was changed meanwhile.
using update_function = std::function<std::string(const entry& current)>;

/// What a `fetch` hook adds: key to a JSON object, whose fields are put next
/// to `metas` of that key.
using enrichment = std::map<std::string, std::string, std::less<>>;

/// What became visible and invisible in a topic. An update has the old version
/// in `leaves` and the new one in `joins`.
///
/// Sent by: dispatcher, to the subscribers of the topic, in order.
struct diff {
  std::string topic;                       ///< Whose presences these are.
  std::vector<entry_ptr> joins;            ///< What became visible.
  std::vector<entry_ptr> leaves;           ///< What became invisible.
  std::vector<leave_reason> leave_reasons; ///< One for each of `leaves`.

  /// What joined and left since the diff before, so that it is in neither list
  /// above. A subscriber that starts from the snapshot it was sent needs none
  /// of it. One that took a `list` of its own meanwhile may hold such a
  /// presence, and drops it. Not complete when changes were dropped because a
  /// hook holds up too many.
  std::vector<entry_ptr> passed;

  /// Likewise what was there, left and came back since the diff before, as the
  /// presences of a node do that is lost for a moment: a `list` of meanwhile
  /// may lack it.
  std::vector<entry_ptr> returned;
  enrichment joins_extra;  ///< From `hooks::fetch`, for `joins` and `returned`.
  enrichment leaves_extra; ///< From `hooks::fetch`, for the leaves.
  std::vector<leave_reason> passed_reasons; ///< One for each of `passed`.
};

/// As it arrives in a subscriber's mailbox: shared, never copied.
using diff_ptr = std::shared_ptr<const diff>;

/// The first message to a new subscriber: everything that happened later comes
/// as diffs, nothing twice and nothing missing.
///
/// Sent by: dispatcher.
struct topic_snapshot {
  std::string topic;  ///< That was subscribed to.
  snapshot presences; ///< All that it held at that moment.
  enrichment extra;   ///< From `hooks::fetch`.
};

/// As it arrives in a subscriber's mailbox: shared, never copied.
using topic_snapshot_ptr = std::shared_ptr<const topic_snapshot>;

/// An application event of a topic, see `presence::broadcast`.
///
/// Sent by: dispatcher, to the subscribers of the topic on every node.
struct topic_event {
  std::string topic;        ///< Whose subscribers get it.
  std::string event;        ///< Its name.
  std::string payload;      ///< JSON, or raw bytes if `is_binary`.
  bool is_binary = false;   ///< Whether `payload` is no JSON.
  std::uint64_t sender = 0; ///< Chosen by the caller, to leave itself out.
};

/// As it arrives in a subscriber's mailbox: shared, never copied.
using topic_event_ptr = std::shared_ptr<const topic_event>;

/// A presence of the receiver ended, since another session of its key counts
/// in this topic, see `config::single_session`. Nothing need be done.
///
/// Sent by: the node of the owner, without a sender.  Handled by: owner.
struct presence_replaced {
  std::string topic; ///< Of the presence.
  std::string key;   ///< Of the presence.
};

/// What `presence::tell` carries to clients: the gateway's channels push it.
struct told_event {
  std::string event;      ///< Its name.
  std::string payload;    ///< JSON, or raw bytes if `is_binary`.
  bool is_binary = false; ///< Whether `payload` is no JSON.
};

/// What CAF writes of it.
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, told_event& x) {
  return f(x.event, x.payload, x.is_binary);
}

} // namespace rollcall

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::diff_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::topic_snapshot_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::topic_event_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::presence_replaced)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::tracked)
