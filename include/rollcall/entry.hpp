#pragma once

#include "rollcall/dot.hpp"
#include "rollcall/ref_ptr.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace caf {
template <class T>
class expected;
} // namespace caf

namespace rollcall {

class entry;

namespace crdt {
class stored_entry;
}

/// A presence as readers hold it: immutable, shared.
using entry_ptr = ref_ptr<const entry>;

/// One version of one presence: who (`key`), bound to whom (`owner`), with
/// what (`meta`). Its topic is known from where it is found. Only Rollcall
/// makes entries.
///
/// Shape:   one allocation: 72 bytes, then key and meta, and 16 bytes more in a
///          topic of `config::single_session`.
/// Units:   `linger_ms` in milliseconds; `seq`s count writes of one replica.
/// Threads: immutable. References may be taken and dropped on any thread.
class entry {
public:
  entry(const entry&) = delete;
  entry& operator=(const entry&) = delete;

  /// Who is present. Several presences may share a key (devices).
  [[nodiscard]] std::string_view key() const noexcept {
    return {bytes(), key_bytes_};
  }

  /// A JSON object, the bytes it came in.
  [[nodiscard]] std::string_view meta() const noexcept {
    return {bytes() + key_bytes_, meta_bytes_};
  }

  /// The meta as a struct; `rollcall/meta.hpp` says which ones can be.
  ///
  /// Errors: `invalid_meta`, naming the member that does not fit.
  template <class T>
  [[nodiscard]] caf::expected<T> as() const;

  /// The actor whose life the presence is bound to, unique on its node.
  [[nodiscard]] std::uint64_t owner() const noexcept {
    return owner_;
  }

  /// The write that made this version.
  [[nodiscard]] rollcall::dot dot() const noexcept {
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

  /// The dot as Phoenix clients see it.
  [[nodiscard]] std::string phx_ref() const;

  /// The dot before the update, empty if the presence was never updated.
  [[nodiscard]] std::string phx_ref_prev() const;

private:
  friend class crdt::stored_entry;
  friend void retain(const entry* self) noexcept;
  friend void release(const entry* self) noexcept;

  entry() = default;
  ~entry() = default;

  /// Key and meta stand behind the object.
  [[nodiscard]] const char* bytes() const noexcept {
    return reinterpret_cast<const char*>(this + 1);
  }

  mutable std::atomic<std::uint32_t> references_{0};
  std::uint32_t meta_bytes_ = 0;
  rollcall::dot dot_;
  std::uint64_t previous_seq_ = 0;
  std::uint64_t owner_ = 0;
  std::uint32_t linger_ms_ = 0;
  std::uint16_t key_bytes_ = 0;
  bool has_login_ = false; ///< Whether a `crdt::login` follows the meta.
};

/// What `entry_ptr` counts references with.
///@{
void retain(const entry* self) noexcept;
void release(const entry* self) noexcept;
///@}

} // namespace rollcall
