#include "crdt/leaf.hpp"

#include <new>

namespace rollcall::crdt {

leaf* leaf::make(std::uint16_t capacity) {
  void* memory = ::operator new(sizeof(leaf) + capacity * sizeof(const entry*));
  return new (memory) leaf{capacity};
}

leaf* leaf::copy_of(const leaf& other, std::uint16_t capacity) {
  auto* result = make(capacity);
  for (; result->size_ < other.size_; ++result->size_) {
    const auto* member = other.at(result->size_);
    retain(member);
    result->slots()[result->size_] = member;
  }
  return result;
}

void retain(const leaf* self) noexcept {
  self->references_.fetch_add(1, std::memory_order_relaxed);
}

void release(const leaf* self) noexcept {
  if (self->references_.fetch_sub(1, std::memory_order_acq_rel) != 1)
    return;
  for (std::size_t i = 0; i < self->size_; ++i)
    release(self->at(i));
  self->~leaf();
  ::operator delete(const_cast<leaf*>(self));
}

} // namespace rollcall::crdt
