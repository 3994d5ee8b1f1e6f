#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The rules by which a connect is accepted, without sockets.
///
/// Source: phoenixframework/phoenix `socket/transport.ex`.
namespace rollcall::channels {

using fields = std::map<std::string, std::string, std::less<>>;

/// A request target, cut and decoded.
struct target {
  std::string path;
  fields params;
  bool is_valid = true; ///< Every part is percent-encoded UTF-8.
};

[[nodiscard]] target parse_target(std::string_view text);

/// A configured path whose segments may be `:variables`.
class path_pattern {
public:
  explicit path_pattern(std::string_view pattern);

  /// Whether `path` fits; variables are added to `params` then.
  [[nodiscard]] bool match(std::string_view path, fields& params) const;

private:
  std::vector<std::string> segments_;
};

/// Which names a `Host` header may have, so that a page whose own name leads
/// to this address (DNS rebinding) is told from one of ours.
class host_policy {
public:
  /// Takes `*`, `name` or `*.name`, without a port.
  /// @returns nothing if an entry is empty or has a port, a path or a space.
  [[nodiscard]] static std::optional<host_policy>
  parse(const std::vector<std::string>& entries);

  /// Whether requests for this host are meant for us: loopback names, IP
  /// addresses, which nobody can rebind, and what was configured.
  [[nodiscard]] bool allows(std::string_view host_header) const;

private:
  bool allows_all_ = false;
  std::vector<std::string> names_; ///< Lower case; with a leading `.`: below.
};

/// Whether a `Host` header names the loopback: `localhost`, names below it,
/// 127.0.0.0/8 or `[::1]`.
[[nodiscard]] bool is_loopback_host(std::string_view host_header);

/// Whether the parameters ask for version 2.0.x of the protocol.
[[nodiscard]] bool is_supported_version(const fields& params);

/// Which origins may connect.
class origin_policy {
public:
  /// Takes `*`, `same-host`, or `scheme://host:port` with optional scheme and
  /// port; the host may be `*.name`.
  /// @returns nothing if an entry has no host.
  [[nodiscard]] static std::optional<origin_policy>
  parse(const std::vector<std::string>& entries);

  /// Decides on a request; `origin` is empty if there is no such header. The
  /// same host counts only if it is one of `hosts`.
  [[nodiscard]] bool allows(const std::optional<std::string>& origin,
                            std::string_view host_header,
                            const host_policy& hosts) const;

private:
  struct rule {
    std::string scheme; ///< Empty: any.
    std::string host;
    bool with_subdomains = false;
    std::uint32_t port = 0; ///< 0: any.
  };

  static std::optional<rule> parse_rule(std::string_view text);
  static bool fits(const rule& allowed, const rule& origin);

  bool allows_all_ = false;
  bool allows_same_host_ = false;
  std::vector<rule> rules_;
};

/// What the subprotocol header comes to.
struct subprotocol_choice {
  bool is_accepted = true;
  std::string echoed; ///< Empty: no header in the answer.
  std::optional<std::string> token;
};

/// Decides on the offered subprotocols. With `takes_token`, takes an auth
/// token out of the offer first and `phoenix` is configured too.
[[nodiscard]] subprotocol_choice
choose_subprotocol(const std::optional<std::string>& offered,
                   std::vector<std::string> configured, bool takes_token);

/// What a WebSocket upgrade lacks: a sentence, or empty if it is valid.
[[nodiscard]] std::string upgrade_problem(const fields& headers,
                                          std::string_view method,
                                          unsigned http_version);

} // namespace rollcall::channels
