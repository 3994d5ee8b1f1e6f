#pragma once

#include "app/gateway/handshake.hpp"
#include "app/node/guess_limit.hpp"
#include "app/node/settings.hpp"
#include <rollcall/gateway.hpp>
#include <rollcall/presence.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::node {

/// What the HTTP interface shows.
struct http_sources {
  presence who;
  std::function<std::string()> metrics; ///< Body of `/metrics`.
  std::function<std::string()> cluster; ///< Body of `/api/cluster`.
  /// Why the cluster is not ready; empty if it is.
  std::function<std::string()> cluster_problem;
  std::function<void(std::string)> disconnect; ///< Ends a user's sessions.
};

/// Requests with an admin token that did not get in.
struct admin_refusals {
  std::uint64_t wrong_token = 0;
  std::uint64_t too_often = 0; ///< Not looked at: see `guess_limit`.
};

/// Answers plain HTTP: `/`, `/assets`, `/health`, `/ready`, `/metrics`, `/api`.
///
/// Threads: `answer` may be called from any.
class http_interface {
public:
  /// Most presences or topics of one answer.
  static constexpr std::size_t page_size_max = 1000;

  http_interface(http_sources sources, const node_settings& settings);

  /// Whether `/ready` says so; false at first, and once the node drains.
  void set_ready(bool is_ready) noexcept {
    is_ready_.store(is_ready, std::memory_order_relaxed);
  }

  [[nodiscard]] std::optional<http_response>
  answer(const http_request& request) const;

  [[nodiscard]] admin_refusals refusals() const;

private:
  using handler = http_response (http_interface::*)(const http_request&) const;

  [[nodiscard]] handler find(const std::string& path) const;
  [[nodiscard]] std::optional<http_response>
  refuse_foreign(const http_request& request) const;
  [[nodiscard]] std::optional<http_response>
  refuse_unless_admin(const http_request& request) const;
  [[nodiscard]] std::optional<http_response>
  refuse_token(const http_request& request, std::string_view token) const;
  [[nodiscard]] http_response page(const http_request& request) const;
  [[nodiscard]] http_response asset(const http_request& request) const;
  [[nodiscard]] http_response health(const http_request& request) const;
  [[nodiscard]] http_response ready(const http_request& request) const;
  [[nodiscard]] http_response metrics(const http_request& request) const;
  [[nodiscard]] http_response info(const http_request& request) const;
  [[nodiscard]] http_response cluster(const http_request& request) const;
  [[nodiscard]] http_response topics(const http_request& request) const;
  [[nodiscard]] http_response topic(const http_request& request) const;
  [[nodiscard]] http_response disconnect(const http_request& request) const;
  [[nodiscard]] http_response user_status(const http_request& request) const;
  [[nodiscard]] static bool is_post(const std::string& path);
  [[nodiscard]] static std::optional<http_response>
  refuse_method(const http_request& request);
  /// Whom a path asks to disconnect; empty if it does not.
  [[nodiscard]] static std::string_view
  disconnected_user(const std::string& path);

  http_sources sources_;
  bool is_admin_required_;
  bool is_auth_required_;
  std::string admin_token_;
  channels::host_policy hosts_;
  std::string socket_path_;
  std::string node_name_;
  std::atomic<bool> is_ready_{false};
  mutable std::mutex guesses_mutex_; ///< For the two below.
  mutable guess_limit guesses_;
  mutable admin_refusals refusals_;
};

} // namespace rollcall::node
