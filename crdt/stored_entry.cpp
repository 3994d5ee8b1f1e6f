#include "crdt/stored_entry.hpp"

#include <cassert>
#include <cstring>
#include <limits>
#include <new>
#include <type_traits>

namespace rollcall {

std::string entry::phx_ref() const {
  return crdt::phx_ref_of(dot_);
}

std::string entry::phx_ref_prev() const {
  return crdt::phx_ref_of({dot_.replica, previous_seq_});
}

void retain(const entry* self) noexcept {
  self->references_.fetch_add(1, std::memory_order_relaxed);
}

void release(const entry* self) noexcept {
  if (self->references_.fetch_sub(1, std::memory_order_acq_rel) != 1)
    return;
  auto* whole = const_cast<crdt::stored_entry*>(&crdt::stored_entry::of(*self));
  whole->~stored_entry();
  ::operator delete(whole);
}

} // namespace rollcall

namespace rollcall::crdt {

// `entry` finds its bytes where it ends, so nothing may follow it.
static_assert(sizeof(stored_entry) == sizeof(set_links) + sizeof(entry));
static_assert(std::is_trivially_copyable_v<login>);

draft_ptr stored_entry::make(std::string_view key, std::string_view meta,
                             std::uint64_t owner, std::uint32_t linger_ms,
                             const std::optional<login>& when) {
  assert(key.size() <= std::numeric_limits<std::uint16_t>::max());
  void* memory = ::operator new(sizeof(stored_entry) + key.size() + meta.size()
                                + (when ? sizeof(login) : 0));
  auto* self = new (memory) stored_entry;
  self->key_bytes_ = static_cast<std::uint16_t>(key.size());
  self->meta_bytes_ = static_cast<std::uint32_t>(meta.size());
  self->owner_ = owner;
  self->linger_ms_ = linger_ms;
  auto* bytes = reinterpret_cast<char*>(self + 1);
  if (!key.empty())
    std::memcpy(bytes, key.data(), key.size());
  if (!meta.empty())
    std::memcpy(bytes + key.size(), meta.data(), meta.size());
  self->has_login_ = when.has_value();
  if (when)
    std::memcpy(bytes + key.size() + meta.size(), &*when, sizeof(login));
  return draft_ptr{self};
}

draft_ptr stored_entry::make(std::string_view key, std::string_view meta,
                             std::uint64_t owner, crdt::dot dot,
                             std::uint64_t previous_seq,
                             const std::optional<login>& when) {
  auto result = make(key, meta, owner, 0, when);
  result->set_version(dot, previous_seq);
  return result;
}

draft_ptr stored_entry::make_again(const entry& draft,
                                   const std::optional<login>& when) {
  return make(draft.key(), draft.meta(), draft.owner(), draft.linger_ms(),
              when);
}

std::optional<login> stored_entry::began() const noexcept {
  if (!has_login_)
    return std::nullopt;
  login result;
  std::memcpy(&result, meta().data() + meta().size(), sizeof(login));
  return result;
}

} // namespace rollcall::crdt
