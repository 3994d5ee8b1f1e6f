#pragma once

#include <chrono>
#include <cstdlib>
#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace rollcall::test {

/// Runs something that must not hang. @returns whether it came to its end; if
/// not, its thread is left behind.
template <class Work>
[[nodiscard]] bool ends(Work work) {
  constexpr std::chrono::seconds patience{30};
  auto done = std::make_shared<std::promise<void>>();
  auto waits = done->get_future();
  std::thread worker{[work = std::move(work), done]() mutable {
    work();
    done->set_value();
  }};
  const bool result = waits.wait_for(patience) == std::future_status::ready;
  if (result)
    worker.join();
  else
    worker.detach();
  return result;
}

/// How often a case about races is played; `ROLLCALL_TEST_ROUNDS` if set.
[[nodiscard]] inline int rounds(int usual) {
  const auto* asked = std::getenv("ROLLCALL_TEST_ROUNDS");
  return asked ? std::atoi(asked) : usual;
}

} // namespace rollcall::test
