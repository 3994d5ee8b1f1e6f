#include "tests/support/failing_allocator.hpp"

#include <atomic>
#include <cstdlib>

namespace {

std::atomic<std::size_t> blocks{0};

thread_local bool is_armed = false;
thread_local bool has_failed = false;
thread_local std::size_t left = 0;

bool is_to_fail() noexcept {
  if (!is_armed || left-- > 0)
    return false;
  is_armed = false;
  has_failed = true;
  return true;
}

} // namespace

namespace rollcall::test {

std::size_t live_blocks() noexcept {
  return blocks.load();
}

void fail_allocation(std::size_t n) noexcept {
  is_armed = true;
  has_failed = false;
  left = n;
}

bool stop_failing() noexcept {
  is_armed = false;
  return has_failed;
}

} // namespace rollcall::test

void* operator new(std::size_t bytes) {
  auto* memory = is_to_fail() ? nullptr : std::malloc(bytes);
  if (memory == nullptr)
    throw std::bad_alloc{};
  ++blocks;
  return memory;
}

void operator delete(void* pointer) noexcept {
  if (pointer == nullptr)
    return;
  --blocks;
  std::free(pointer);
}

void operator delete(void* pointer, std::size_t) noexcept {
  operator delete(pointer);
}
