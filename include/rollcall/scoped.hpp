#pragma once

#include <concepts>
#include <utility>

namespace rollcall {

/// Holds a `presence`, `cluster` or `gateway` and stops it at the end of the
/// scope, whichever way the scope is left:
///
///     auto started = presence::start(system);
///     if (!started)
///       return fail(started.error());
///     scoped who{*started};
///     who->track(...);
///
/// Declare them in the order in which they are started; they stop in reverse.
///
/// Threads: that of the scope, not inside an actor.
template <class Service>
requires requires(Service& service) {
  service.stop();
}
class scoped {
public:
  /// Holds what was started.
  explicit scoped(Service service) : service_{std::move(service)} {
  }

  scoped(const scoped&) = delete;
  scoped& operator=(const scoped&) = delete;

  ~scoped() {
    service_.stop();
  }

  /// The handle.
  ///@{
  [[nodiscard]] Service& operator*() noexcept {
    return service_;
  }

  [[nodiscard]] Service* operator->() noexcept {
    return &service_;
  }
  ///@}

private:
  Service service_;
};

} // namespace rollcall
