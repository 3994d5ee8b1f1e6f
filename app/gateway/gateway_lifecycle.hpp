#pragma once

#include "app/gateway/gateway_core.hpp"
#include "app/gateway/log_line.hpp"

#include <caf/error.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

namespace rollcall::channels {

class listener;

/// From the start of a gateway to its end, whoever calls what in which order.
///
/// Threads: any, I/O threads of the gateway included: these cannot wait for
///          their own end, so another thread goes on with what they begin.
class gateway_lifecycle
    : public std::enable_shared_from_this<gateway_lifecycle> {
public:
  explicit gateway_lifecycle(std::shared_ptr<gateway_core> core);
  ~gateway_lifecycle();

  /// Errors: `invalid_config`.
  [[nodiscard]] caf::error prepare();

  /// Changes what requests are answered by; not once there may be some.
  template <class Work>
  void configure(std::string_view name, Work work) {
    std::lock_guard guard{mutex_};
    if (now_ == phase::fresh)
      work(*core_);
    else
      gateway_log(log_level::error, "{} after listen or stop does nothing",
                  name);
  }

  /// Errors: `invalid_config`, `shard_unavailable`.
  [[nodiscard]] caf::error listen();

  void drain(std::chrono::milliseconds spread);
  void stop();

  [[nodiscard]] std::uint16_t port() const noexcept {
    return port_;
  }

  [[nodiscard]] gateway_core& core() noexcept {
    return *core_;
  }

private:
  enum class phase { fresh, listening, stopped };

  void drain_here(std::chrono::milliseconds spread);
  void stop_here();
  void end_parts();
  [[nodiscard]] caf::error check_served() const;
  [[nodiscard]] bool is_own_thread() const noexcept;

  const std::shared_ptr<gateway_core> core_;
  std::shared_ptr<listener> entrance_; ///< Guarded by `mutex_`.
  std::atomic<std::uint16_t> port_{0};
  std::mutex mutex_;         ///< Never held while anybody is waited for.
  std::mutex stop_mutex_;    ///< Whoever stops second waits for the first.
  phase now_ = phase::fresh; ///< Guarded by `mutex_`.
};

} // namespace rollcall::channels
