#include "tests/support/counting_allocator.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> total_bytes{0};

/// Room for the size in front of an object, without breaking its alignment.
constexpr std::size_t header_bytes = 16;

} // namespace

namespace rollcall::test {

std::size_t allocated_bytes() noexcept {
  return total_bytes.load();
}

} // namespace rollcall::test

void* operator new(std::size_t bytes) {
  auto* memory = static_cast<char*>(std::malloc(bytes + header_bytes));
  if (memory == nullptr)
    throw std::bad_alloc{};
  *reinterpret_cast<std::size_t*>(memory) = bytes;
  total_bytes += bytes;
  return memory + header_bytes;
}

void operator delete(void* pointer) noexcept {
  if (pointer == nullptr)
    return;
  auto* memory = static_cast<char*>(pointer) - header_bytes;
  total_bytes -= *reinterpret_cast<std::size_t*>(memory);
  std::free(memory);
}

void operator delete(void* pointer, std::size_t) noexcept {
  operator delete(pointer);
}
