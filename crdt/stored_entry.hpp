#pragma once

#include "crdt/dot.hpp"
#include "crdt/login.hpp"
#include <rollcall/entry.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace rollcall::crdt {

using rollcall::entry;
using rollcall::entry_ptr;

class owner_index;
class presence_set;
class stored_entry;
class topic_node;

/// A presence that no set has taken in yet.
using draft_ptr = ref_ptr<stored_entry>;

/// Where a set has a presence: the topic, and the list of its owner.
class set_links {
private:
  friend class owner_index;
  friend class presence_set;

  topic_node* topic_ = nullptr;
  stored_entry* owner_next_ = nullptr;

  /// The head of a list points to itself; null is in no list.
  stored_entry* owner_previous_ = nullptr;
};

/// An entry with the links of the set that holds it. Every `entry` is one: the
/// links stand before it in memory; key, meta and login, if it has one, behind
/// it.
///
/// Threads: immutable once a `presence_set` has taken it in, but for the links
///          of that set, which only its thread touches. References may be
///          dropped on any thread.
class stored_entry final : public set_links, public entry {
public:
  /// Makes a presence without a dot; `presence_set` gives it one.
  /// @pre `key` has at most 65535 bytes.
  [[nodiscard]] static draft_ptr
  make(std::string_view key, std::string_view meta, std::uint64_t owner,
       std::uint32_t linger_ms = 0, const std::optional<login>& when = {});

  /// Makes a presence that another replica wrote.
  /// @pre `key` has at most 65535 bytes.
  [[nodiscard]] static draft_ptr make(std::string_view key,
                                      std::string_view meta,
                                      std::uint64_t owner, crdt::dot dot,
                                      std::uint64_t previous_seq,
                                      const std::optional<login>& when = {});

  /// Makes a draft again with a login, or without one.
  [[nodiscard]] static draft_ptr make_again(const entry& draft,
                                            const std::optional<login>& when);

  /// The whole of an entry.
  [[nodiscard]] static const stored_entry& of(const entry& which) noexcept {
    return static_cast<const stored_entry&>(which);
  }

  /// When the session began, in a topic that allows a key one.
  [[nodiscard]] std::optional<login> began() const noexcept;

  /// Names the version. @pre a draft.
  void set_version(crdt::dot dot, std::uint64_t previous_seq) noexcept {
    dot_ = dot;
    previous_seq_ = previous_seq;
  }

  /// Takes the linger over from the version before. @pre a draft.
  void inherit_linger(const entry& before) noexcept {
    linger_ms_ = before.linger_ms();
  }

private:
  friend void rollcall::release(const entry* self) noexcept;

  stored_entry() = default;
  ~stored_entry() = default;
};

} // namespace rollcall::crdt
