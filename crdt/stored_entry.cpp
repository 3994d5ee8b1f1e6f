#include "crdt/stored_entry.hpp"

#include <cassert>
#include <cstring>
#include <limits>
#include <new>

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

draft_ptr stored_entry::make(std::string_view key, std::string_view meta,
                             std::uint64_t owner, std::uint32_t linger_ms) {
  assert(key.size() <= std::numeric_limits<std::uint16_t>::max());
  void* memory
      = ::operator new(sizeof(stored_entry) + key.size() + meta.size());
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
  return draft_ptr{self};
}

draft_ptr stored_entry::make(std::string_view key, std::string_view meta,
                             std::uint64_t owner, crdt::dot dot,
                             std::uint64_t previous_seq) {
  auto result = make(key, meta, owner);
  result->set_version(dot, previous_seq);
  return result;
}

} // namespace rollcall::crdt
