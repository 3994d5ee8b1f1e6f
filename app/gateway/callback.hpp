#pragma once

#include "app/gateway/log_line.hpp"
#include "app/gateway/worker.hpp"

#include <exception>
#include <string_view>

namespace rollcall::channels {

/// Calls what an embedder gave us. @returns false if it threw, whatever it was:
/// that is logged and counted.
template <class Work>
[[nodiscard]] bool run_callback(worker& home, std::string_view name,
                                Work work) {
  try {
    work();
    return true;
  } catch (const std::exception& problem) {
    gateway_log(log_level::error, "callback threw: {} callback={}",
                problem.what(), name);
  } catch (...) {
    gateway_log(log_level::error,
                "callback threw what is no std::exception callback={}", name);
  }
  home.counts().callback_failures.add(1);
  return false;
}

} // namespace rollcall::channels
