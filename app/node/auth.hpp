#pragma once

#include "app/node/settings.hpp"
#include <rollcall/gateway.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rollcall::node {

/// Who a verified token says that a client is.
struct identity {
  std::string subject; ///< Claim `sub`.
  /// Claim `topics`: patterns that may be joined; empty: every topic.
  std::optional<std::vector<std::string>> topics;
  /// Claim `follow`: patterns of keys that may be followed; empty: none.
  std::vector<std::string> follow;
  /// Claim `linger_ms_max`: in place of the setting.
  std::optional<std::uint32_t> linger_ms_max;
  std::int64_t expires_s = 0; ///< Claim `exp` and the leeway, Unix time.

  [[nodiscard]] bool may_join(std::string_view topic) const;
  [[nodiscard]] bool may_follow(std::string_view key) const;
};

/// Compares secrets in a time that does not tell where they differ.
[[nodiscard]] bool is_same_secret(std::string_view a, std::string_view b);

/// Checks JSON Web Tokens (RFC 7519) with one algorithm and one key: what the
/// token's header asks for is never followed.
///
/// Threads: `verify` may be called from any.
class token_verifier {
public:
  /// Longest token that is looked at, in bytes.
  static constexpr std::size_t token_bytes_max = 8192;

  /// Reads the key. @returns the verifier, or what is wrong with the key.
  [[nodiscard]] static std::variant<token_verifier, std::string>
  make(auth_settings settings);

  /// Checks signature, algorithm, `exp`, `nbf`, `aud`, `iss` and `sub`.
  /// @param now_s Unix time. @returns who it is, or why the token is refused.
  [[nodiscard]] std::variant<identity, std::string>
  verify(std::string_view token, std::int64_t now_s) const;

private:
  token_verifier(auth_settings settings, std::string key, bool is_rsa);

  auth_settings settings_;
  std::string key_;
  bool is_rsa_ = false;
};

/// How a user's sessions are named, for `gateway::disconnect`.
[[nodiscard]] std::string session_of_user(std::string_view user);

/// What `connect` answers when nobody needs a token: the session is the user's
/// whom the parameter `user_id` names.
[[nodiscard]] connect_result connect_without_token(const connect_info& info);

/// What `connect` answers when every client needs a token: it comes from the
/// subprotocol, else from the parameter `token`. The session is that
/// of the user `sub`; its `assigns` are the `identity`.
[[nodiscard]] connect_result connect_with_token(const token_verifier& verifier,
                                                const connect_info& info,
                                                std::int64_t now_s);

/// What a token is worth that a client hands in later, as `connect_with_token`
/// would say.
[[nodiscard]] connect_result renew_with_token(const token_verifier& verifier,
                                              const connect_info& info,
                                              const std::string& token,
                                              std::int64_t now_s);

} // namespace rollcall::node
