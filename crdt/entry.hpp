#pragma once

#include "crdt/dot.hpp"
#include "crdt/ref_ptr.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::crdt {

class entry;
struct topic_node;

/// A presence as readers hold it: immutable, shared.
using entry_ptr = ref_ptr<const entry>;

/// A presence that no set has taken in yet.
using draft_ptr = ref_ptr<entry>;

/// One version of one presence: who (`key`), bound to whom (`owner`), with
/// what (`meta`). Its topic is known from where it is found.
///
/// Shape:   one allocation: 88 bytes, then key and meta.
/// Units:   `linger_ms` in milliseconds; `seq`s count writes of one replica.
/// Threads: immutable once a `presence_set` has taken it in, but for the links
///          of that set, which only its thread touches. References may be
///          dropped on any thread.
class entry {
public:
  /// Makes a presence without a dot; `presence_set` gives it one.
  /// @pre `key` has at most 65535 bytes.
  [[nodiscard]] static draft_ptr make(std::string_view key,
                                      std::string_view meta,
                                      std::uint64_t owner,
                                      std::uint32_t linger_ms = 0);

  /// Makes a presence that another replica wrote.
  /// @pre `key` has at most 65535 bytes.
  [[nodiscard]] static draft_ptr make(std::string_view key,
                                      std::string_view meta,
                                      std::uint64_t owner, crdt::dot dot,
                                      std::uint64_t previous_seq);

  /// Who is present. Several presences may share a key (devices).
  [[nodiscard]] std::string_view key() const noexcept {
    return {bytes(), key_bytes_};
  }

  /// A JSON object, the bytes it came in.
  [[nodiscard]] std::string_view meta() const noexcept {
    return {bytes() + key_bytes_, meta_bytes_};
  }

  /// The actor whose life the presence is bound to, unique on its node.
  [[nodiscard]] std::uint64_t owner() const noexcept {
    return owner_;
  }

  [[nodiscard]] crdt::dot dot() const noexcept {
    return dot_;
  }

  /// The seq of the version that this one replaced, 0 if it replaced none.
  [[nodiscard]] std::uint64_t previous_seq() const noexcept {
    return previous_seq_;
  }

  /// How long the presence outlives an abnormal end of its owner. Known to
  /// the owner's node only.
  [[nodiscard]] std::uint32_t linger_ms() const noexcept {
    return linger_ms_;
  }

  /// Takes the linger over from the version before. @pre a draft.
  void inherit_linger(const entry& before) noexcept {
    linger_ms_ = before.linger_ms_;
  }

  /// The dot as Phoenix clients see it.
  [[nodiscard]] std::string phx_ref() const;

  /// The dot before the update, empty if the presence was never updated.
  [[nodiscard]] std::string phx_ref_prev() const;

private:
  friend class presence_set;
  friend class owner_index;
  friend void retain(const entry* self) noexcept;
  friend void release(const entry* self) noexcept;

  entry() = default;
  ~entry() = default;

  [[nodiscard]] const char* bytes() const noexcept {
    return reinterpret_cast<const char*>(this + 1);
  }

  mutable std::atomic<std::uint32_t> references_{0};
  std::uint32_t meta_bytes_ = 0;
  crdt::dot dot_;
  std::uint64_t previous_seq_ = 0;
  std::uint64_t owner_ = 0;
  topic_node* topic_ = nullptr;
  entry* owner_next_ = nullptr;
  entry* owner_previous_ = nullptr;
  std::uint32_t linger_ms_ = 0;
  std::uint16_t key_bytes_ = 0;
  bool is_owned_ = false; ///< Whether the owner index of its set has it.
};

void retain(const entry* self) noexcept;
void release(const entry* self) noexcept;

} // namespace rollcall::crdt
