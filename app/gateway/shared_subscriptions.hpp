#pragma once

#include "app/gateway/outbox.hpp"
#include <rollcall/error.hpp>
#include <rollcall/types.hpp>

#include <caf/actor.hpp>
#include <caf/fwd.hpp>
#include <caf/monitorable_actor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace rollcall::channels {

struct gateway_core;

/// The texts that a diff has for members.
enum class diff_kind : std::uint8_t { plain, with_reasons };

inline constexpr std::array diff_kinds{diff_kind::plain,
                                       diff_kind::with_reasons};

/// The gateway's one subscription of one topic, however many sessions joined.
///
/// An actor without a mailbox: what is sent to it is encoded once, in the
/// thread of the sender (the dispatcher), and posted once to each I/O thread
/// that has members. So its order is the order of the dispatcher.
///
/// Threads: `enqueue` in any; the set of I/O threads is behind a mutex.
class shared_subscription final : public caf::monitorable_actor {
public:
  shared_subscription(caf::actor_config& settings,
                      std::shared_ptr<gateway_core> core, std::string topic);

  const char* name() const override {
    return "rollcall.shared_subscription";
  }

  void enqueue(caf::mailbox_element_ptr element,
               caf::execution_unit* ctx) override;

  /// Adds an I/O thread. @returns whether the subscription is live already.
  [[nodiscard]] bool add(std::size_t worker_index);

  /// Removes an I/O thread. @returns whether none is left.
  [[nodiscard]] bool remove(std::size_t worker_index);

  /// Whether members of an I/O thread want diffs of this kind. What nobody
  /// wants is not encoded. A member has to want them before its state is taken,
  /// which then holds whatever was in the diffs that it is not sent.
  void set_wanted(diff_kind kind, std::size_t worker_index, bool is_wanted);

  /// Nothing is delivered after this.
  void close();

  [[nodiscard]] const std::string& topic() const noexcept {
    return topic_;
  }

private:
  void take(const caf::type_erased_tuple& content);
  void take_snapshot();
  void take_diff(const diff& change);
  void take_event(const topic_event& event);
  void post(const outgoing& frame, std::uint64_t sender);
  void post_diff(diff_kind kind, const diff& change);
  [[nodiscard]] std::uint64_t targets();
  [[nodiscard]] std::uint64_t targets(diff_kind kind);

  const std::shared_ptr<gateway_core> core_; ///< A late diff may need it.
  const std::string topic_;
  std::mutex mutex_;
  std::uint64_t workers_ = 0; ///< Bit i: I/O thread i has members.
  /// Those of them that want a kind of diffs.
  std::array<std::uint64_t, diff_kinds.size()> wanted_{};
  bool is_live_ = false; ///< The snapshot came.
};

/// A reference to a shared subscription, counted.
struct subscription_handle {
  caf::actor actor;
  shared_subscription* subscription = nullptr;
  ec problem = ec::none; ///< Why there is no subscription.
};

/// The topics that have sessions here.
///
/// Threads: any.
class shared_subscriptions {
public:
  explicit shared_subscriptions(gateway_core& core) noexcept : core_{core} {
  }

  /// An I/O thread has its first session in a topic: subscribes if it is the
  /// first one. `is_live` is whether diffs arrive already.
  [[nodiscard]] subscription_handle enter(const std::string& topic,
                                          std::size_t worker_index,
                                          caf::execution_unit* context,
                                          bool& is_live);

  /// The I/O thread has no session in the topic any more.
  void leave(const std::string& topic, std::size_t worker_index,
             caf::execution_unit* context);

  /// Ends all subscriptions.
  void clear();

  [[nodiscard]] std::size_t size() const;

private:
  void end(const subscription_handle& which, caf::execution_unit* context);

  gateway_core& core_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, subscription_handle> topics_;
};

} // namespace rollcall::channels
