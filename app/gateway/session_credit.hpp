#pragma once

#include "app/gateway/session.hpp"
#include "app/gateway/worker.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace rollcall::channels {

/// Bounds what a session's channel actors have in their mailboxes: above, the
/// session stops to read, so TCP slows its client down.
///
/// Threads: `take` on the session's thread, `give_back` on any.
class session_credit {
public:
  static constexpr std::size_t bytes_max = 1u << 20;
  static constexpr std::size_t event_bytes = 256; ///< Beside the payload.

  session_credit(std::shared_ptr<worker> home, std::weak_ptr<session> owner)
      : home_{std::move(home)},
        owner_{std::move(owner)} {
  }

  void take(std::size_t bytes) noexcept {
    used_.fetch_add(bytes);
  }

  void give_back(std::size_t bytes) {
    const auto left = used_.fetch_sub(bytes) - bytes;
    if (left <= bytes_max / 2 && is_wanted_.exchange(false))
      if (auto owner = owner_.lock())
        home_->post([owner = std::move(owner)] { owner->resume(); });
  }

  /// Asks for a `resume` later. @returns false if reading may go on now.
  [[nodiscard]] bool must_pause() {
    if (used_.load() <= bytes_max)
      return false;
    is_wanted_.store(true);
    // What was given back meanwhile may have missed the wish.
    return used_.load() > bytes_max / 2 || !is_wanted_.exchange(false);
  }

private:
  const std::shared_ptr<worker> home_;
  const std::weak_ptr<session> owner_;
  std::atomic<std::size_t> used_{0};
  std::atomic<bool> is_wanted_{false};
};

/// An event that gives its credit back when the actor is done with it.
struct credited_event : channel_event {
  credited_event(std::shared_ptr<session_credit> from, message source)
      : channel_event{source.ref == null_ref ? std::string{}
                                             : std::move(source.ref),
                      std::move(source.event),
                      {std::move(source.payload.bytes),
                       source.payload.is_binary}},
        credit{std::move(from)},
        bytes{session_credit::event_bytes + payload.bytes.size()} {
    credit->take(bytes);
  }

  ~credited_event() {
    credit->give_back(bytes);
  }

  credited_event(const credited_event&) = delete;
  credited_event& operator=(const credited_event&) = delete;

  const std::shared_ptr<session_credit> credit;
  const std::size_t bytes;
};

} // namespace rollcall::channels
