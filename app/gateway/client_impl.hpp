#pragma once

#include "app/gateway/channel_table.hpp"
#include "app/gateway/protocol.hpp"
#include "app/gateway/worker.hpp"
#include <rollcall/gateway.hpp>

#include <caf/error.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace rollcall {

namespace channels {
class session_assigns;
} // namespace channels

/// What a `client` points to: encodes in the caller's thread, then hands over
/// to the session's thread.
class client::impl {
public:
  impl(std::shared_ptr<channels::worker> home,
       std::weak_ptr<channels::session> session,
       std::shared_ptr<const channels::session_assigns> assigns,
       const channels::channel& which);

  void accept(std::string response, presence_view view);
  void reject(std::string response);
  void reply(std::string_view ref, std::string_view status, payload response);
  void push(std::string_view event, payload payload);
  void await_turn(std::size_t waiting_bytes);
  [[nodiscard]] std::shared_ptr<const void> assigns() const;

  /// The channel actor ended.
  void end(const caf::error& reason);

  [[nodiscard]] std::uint64_t id() const noexcept {
    return id_;
  }

private:
  void crash_join();
  template <class Work>
  void post(Work work);
  void send(channels::encoded frame, std::string_view event);
  /// Whether an answer of the embedder's is JSON; else it is logged and
  /// counted.
  [[nodiscard]] bool is_sound(const std::string& json, std::string_view name,
                              bool must_be_object) const;

  const std::shared_ptr<channels::worker> home_;
  const std::weak_ptr<channels::session> session_;
  const std::shared_ptr<const channels::session_assigns> assigns_;
  const std::uint64_t id_;
  const std::string topic_;
  const std::string join_ref_;
};

} // namespace rollcall
