#pragma once

#include "crdt/dot.hpp"
#include "crdt/dot_index.hpp"
#include "crdt/interval.hpp"
#include "crdt/owner_index.hpp"
#include "crdt/pointer_table.hpp"
#include "crdt/stored_entry.hpp"
#include "crdt/topic_node.hpp"
#include "crdt/write_log.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rollcall::crdt {

/// What `presence_set::apply` made of an interval.
enum class apply_result : std::uint8_t {
  applied,   ///< It is in.
  old_news,  ///< All of it was known.
  hole,      ///< Something before it is missing: ask for it.
  stranger,  ///< Of a replica that the set does not know, or its own.
  malformed, ///< Breaks the rules of an interval; nothing was changed.
};

/// What became of a join.
struct join_result {
  std::optional<change> done;
  bool is_full = false; ///< The topic has as many presences as it may.
};

/// Where a set has an own presence. Good until the set changes.
class own_place {
public:
  /// The presence; null if there is none.
  [[nodiscard]] const entry* presence() const noexcept {
    return presence_;
  }

private:
  friend class presence_set;

  topic_node* node_ = nullptr;
  topic_node::position where_;
  const entry* presence_ = nullptr;
};

/// The presences of all replicas as one of them knows them: a replicated set
/// in which every presence has one writer, its replica.
///
/// Shape:   memory grows with live presences and known replicas, never with
///          history. Own writes are logarithmic in the topic; applying an
///          interval costs what the interval holds.
/// Errors:  none thrown but for lack of memory; a null or an empty result says
///          that there was nothing.
/// Threads: one at a time. Snapshots and entries that it gave out are free.
/// Laws:    applying is idempotent, and order matters only as far as a hole is
///          refused; the changes reported are the exact difference of what is
///          visible; only a replica itself ends its presences.
/// Source:  a delta-state OR-set (arXiv:1603.01529) cut down to one writer per
///          dot, where an interval of its history replaces the context.
class presence_set {
public:
  explicit presence_set(const replica_id& self,
                        std::size_t deaths_max = 65'536);
  ~presence_set();
  presence_set(const presence_set&) = delete;
  presence_set& operator=(const presence_set&) = delete;

  // -- own writes -------------------------------------------------------------

  /// Takes `draft` in as a presence of `topic`.
  /// @returns the change; empty if its owner has the key there already.
  /// @pre no set has the draft.
  std::optional<change> join(std::string_view topic, draft_ptr draft);

  /// As above, unless the topic has `size_max` visible presences or more.
  join_result join(std::string_view topic, draft_ptr draft,
                   std::size_t size_max);

  /// Replaces the presence of (topic, key, owner) of the draft.
  /// @returns the change; empty if there is none.
  std::optional<change> update(std::string_view topic, draft_ptr draft);

  /// Replaces an own presence by one of the same key, also of another owner.
  /// @pre `before` is an own presence; `draft` has the same key.
  change replace(const entry& before, draft_ptr draft);

  /// Replaces an own presence by one of the same key and owner.
  /// @pre there is one at `before`.
  change replace(const own_place& before, draft_ptr draft);

  /// Ends the presence of (topic, key, owner), if there is one.
  std::optional<change> leave(std::string_view topic, std::string_view key,
                              std::uint64_t owner,
                              leave_reason why = leave_reason::left);

  /// Ends one own presence. @pre `which` is an own presence.
  change leave(const entry& which, leave_reason why = leave_reason::left);

  /// As above. @pre there is one at `which`.
  change leave(const own_place& which, leave_reason why = leave_reason::left);

  /// Ends all own presences of an owner.
  void leave_owner(std::uint64_t owner, changes& out,
                   leave_reason why = leave_reason::left);

  /// Starts to write as another replica: every own presence gets a new dot, as
  /// if updated. For a node that finds its identity used by a later life.
  /// @pre no set knows `self` yet.
  void reincarnate(const replica_id& self, changes& out);

  /// The own presence of (topic, key, owner), or null.
  [[nodiscard]] const entry* find(std::string_view topic, std::string_view key,
                                  std::uint64_t owner) const noexcept;

  /// Where the own presence of (topic, key, owner) is.
  [[nodiscard]] own_place find_place(std::string_view topic,
                                     std::string_view key,
                                     std::uint64_t owner) const noexcept;

  /// The own presences of an owner.
  [[nodiscard]] std::vector<const entry*> owned_by(std::uint64_t owner) const;

  /// The own presence with this seq, or null.
  [[nodiscard]] const entry* find_own(std::uint64_t seq) const noexcept;

  [[nodiscard]] bool has_owner(std::uint64_t owner) const noexcept {
    return owners_.first(owner) != nullptr;
  }

  /// Whether its owner has no other. @pre an own presence that has an owner.
  [[nodiscard]] static bool is_alone(const entry& which) noexcept {
    return owner_index::is_alone(stored_entry::of(which));
  }

  /// Makes an own presence independent of its owner, which ended: it stays
  /// until it is left or replaced by name.
  void disown(const entry& which);

  /// The topic of a presence. @pre the set holds it.
  [[nodiscard]] static const std::string& topic_of(const entry& which) noexcept;

  // -- other replicas ---------------------------------------------------------

  /// Learns that a replica exists; its presences will be visible if
  /// `is_visible`. Known already: nothing.
  void know(const replica_id& replica, bool is_visible);

  /// Shows or hides what a replica holds.
  void set_visible(replica_tag replica, bool is_visible, changes& out);

  /// Forgets a replica and all of its presences.
  void forget(replica_tag replica, changes& out);

  [[nodiscard]] bool knows(replica_tag replica) const noexcept;
  [[nodiscard]] bool is_visible(replica_tag replica) const noexcept;

  /// How far the history of a replica is known; zero for a stranger.
  [[nodiscard]] progress progress_of(replica_tag replica) const noexcept;

  /// How many writes there were under the own name.
  [[nodiscard]] std::uint64_t own_writes() const noexcept;

  /// Every known replica, the own one included, in no order.
  [[nodiscard]] std::vector<replica_id> replicas() const;

  /// What somebody who knows `known` of `replica` lacks, up to about
  /// `bytes_max` of presences, at least one if there is one.
  /// @returns empty if there is nothing to tell.
  [[nodiscard]] std::optional<interval>
  make_interval(replica_tag replica, progress known,
                std::size_t bytes_max) const;

  /// Takes an interval in. Presences that no set has are adopted, others
  /// copied.
  apply_result apply(const interval& interval, changes& out);

  // -- reads ------------------------------------------------------------------

  [[nodiscard]] snapshot list(std::string_view topic);
  [[nodiscard]] const topic_node* topic(std::string_view name) const noexcept;

  /// Keeps the node of a topic though it may be empty, until `unpin`.
  topic_ptr pin(std::string_view topic);
  void unpin(std::string_view topic);

  [[nodiscard]] bool is_pinned(const topic_node& topic) const noexcept {
    return topic.pins_ != 0;
  }

  /// Calls `visit(topic_node)` for every topic with visible presences.
  template <class Visit>
  void for_each_topic(Visit visit) const {
    topics_.for_each([&](const topic_node& node) {
      if (node.size() != 0)
        visit(node);
    });
  }

  [[nodiscard]] const replica_id& self() const noexcept;
  [[nodiscard]] replica_tag self_tag() const noexcept;

  /// Visible presences, and own ones among them.
  [[nodiscard]] std::size_t size() const noexcept {
    return size_;
  }
  [[nodiscard]] std::size_t own_size() const noexcept;

  /// Topics with visible presences.
  [[nodiscard]] std::size_t topic_count() const noexcept {
    return visible_topics_;
  }

  [[nodiscard]] std::size_t owner_count() const noexcept {
    return owners_.size();
  }

private:
  struct replica_state {
    replica_id id;
    replica_tag tag;
    progress known;
    bool is_visible = true;
    dot_index live;
  };

  struct by_name {
    std::uint64_t operator()(const topic_node& node) const noexcept {
      return node.name_hash_;
    }
  };

  [[nodiscard]] topic_node* find_node(std::string_view name) const noexcept;
  topic_node& node_for(std::string_view name);
  void drop_if_unused(topic_node& node);
  std::optional<change> join_in(topic_node& node, draft_ptr draft);
  void show(const entry& presence, topic_node& node);
  void count_shown(const topic_node& node);
  void hide(const entry& presence, topic_node& node);
  void count_hidden(const topic_node& node);
  void hold(replica_state& where, topic_node& node, draft_ptr presence);
  entry_ptr drop(replica_state& where, std::uint64_t seq);
  entry_ptr unhold(replica_state& where, std::uint64_t seq);
  change swap(replica_state& where, std::uint64_t before, topic_node& node,
              draft_ptr after);
  void stamp(stored_entry& draft, std::uint64_t previous);
  void bury(replica_state& where, removed_dot dead, changes& out);
  void apply_deaths(replica_state& where, const interval& interval,
                    changes& out);
  void apply_joins(replica_state& where, const interval& interval,
                   changes& out);
  void fill_live(interval& out, const replica_state& where,
                 std::size_t bytes_max) const;
  replica_state* state_of(replica_tag tag) const noexcept;

  std::unordered_map<replica_tag, std::unique_ptr<replica_state>> replicas_;
  replica_state* own_;
  write_log log_;
  owner_index owners_;
  pointer_table<topic_node, by_name> topics_; ///< Has a reference to each.
  std::size_t size_ = 0;
  std::size_t visible_topics_ = 0;
};

/// Whether an interval keeps its own rules: bounds in order, live presences
/// ascending within them, removed and surviving dots below.
[[nodiscard]] bool is_well_formed(const interval& interval) noexcept;

} // namespace rollcall::crdt
