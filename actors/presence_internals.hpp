#pragma once

#include "rollcall/presence.hpp"

namespace rollcall {

/// The way from a handle to its runtime, for the parts of the library and for
/// its tests.
struct presence_internals {
  [[nodiscard]] static runtime& of(const presence& handle) noexcept {
    return *handle.impl_;
  }

  [[nodiscard]] static std::shared_ptr<runtime> share(const presence& handle) {
    return handle.impl_;
  }
};

/// Every `presence_watches` is part of a `presence`. Null: not started.
[[nodiscard]] inline std::shared_ptr<runtime>
runtime_of(const presence_watches& part) {
  return presence_internals::share(static_cast<const presence&>(part));
}

} // namespace rollcall
