#include "crdt/entry.hpp"

#include <cassert>
#include <cstring>
#include <limits>
#include <new>

namespace rollcall::crdt {

draft_ptr entry::make(std::string_view key, std::string_view meta,
                      std::uint64_t owner, std::uint32_t linger_ms) {
  assert(key.size() <= std::numeric_limits<std::uint16_t>::max());
  void* memory = ::operator new(sizeof(entry) + key.size() + meta.size());
  auto* self = new (memory) entry;
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

draft_ptr entry::make(std::string_view key, std::string_view meta,
                      std::uint64_t owner, crdt::dot dot,
                      std::uint64_t previous_seq) {
  auto result = make(key, meta, owner);
  result->dot_ = dot;
  result->previous_seq_ = previous_seq;
  return result;
}

std::string entry::phx_ref() const {
  std::string result;
  append_phx_ref(result, dot_);
  return result;
}

std::string entry::phx_ref_prev() const {
  std::string result;
  if (previous_seq_ != 0)
    append_phx_ref(result, {dot_.replica, previous_seq_});
  return result;
}

void retain(const entry* self) noexcept {
  self->references_.fetch_add(1, std::memory_order_relaxed);
}

void release(const entry* self) noexcept {
  if (self->references_.fetch_sub(1, std::memory_order_acq_rel) != 1)
    return;
  self->~entry();
  ::operator delete(const_cast<entry*>(self));
}

} // namespace rollcall::crdt
