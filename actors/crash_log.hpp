#pragma once

#include "rollcall/log.hpp"

#include <caf/error.hpp>
#include <caf/sec.hpp>

#include <exception>
#include <string>
#include <string_view>

namespace rollcall {

/// Writes down what an actor of ours threw, since CAF would print it.
/// @returns what the actor ends with.
inline caf::error log_crash(std::string_view component,
                            const std::exception_ptr& problem) {
  try {
    std::rethrow_exception(problem);
  } catch (const std::exception& thrown) {
    log(log_level::error, component, std::string{"threw: "} + thrown.what());
  } catch (...) {
    log(log_level::error, component, "threw something unknown");
  }
  return caf::sec::runtime_error;
}

} // namespace rollcall
