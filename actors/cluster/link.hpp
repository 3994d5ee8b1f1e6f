#pragma once

#include "actors/cluster/basp_guard.hpp"
#include "actors/cluster/certificate_names.hpp"
#include "actors/cluster/link_config.hpp"
#include "actors/cluster/link_stats.hpp"

#include <caf/actor.hpp>
#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/fwd.hpp>
#include <caf/make_message.hpp>
#include <caf/node_id.hpp>

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall {

class link_core;

/// One connection to a peer; never used twice in the life of a process.
struct link_id {
  std::uint64_t value = 0;

  friend auto operator<=>(const link_id&, const link_id&) = default;
};

/// Why there is no link; the error's context says it in words.
enum class link_error : std::uint8_t {
  none = 0,
  unreachable, ///< No such name, nobody listens, no route, no answer in time.
  plaintext,   ///< No certificates, and the address is not loopback.
  handshake,   ///< TLS, hello or BASP failed, or the peer closed.
  myself,      ///< The address is this node's own.
  duplicate,   ///< A link to that node is there, or about to be.
  full,        ///< One of the two nodes is at `links_max`.
  untrusted,   ///< A certificate did not convince the other node.
  stopped,     ///< This node is stopping.
  listening,   ///< The address cannot be listened on.
};

[[nodiscard]] std::string_view to_string(link_error code) noexcept;

/// A link has completed its handshakes.
struct link_up {
  link_id id;
  caf::node_id peer;
  link_side side;
  std::string address; ///< Of the other end, for people.
  std::shared_ptr<const link_traffic> traffic;
  /// What the peer's certificate calls it; none in plaintext.
  std::optional<certificate_names> names = {};
};

/// A link that was up is gone; its proxies die at once.
struct link_down {
  link_id id;
  caf::node_id peer;
  std::string reason; ///< For people.
};

/// A heartbeat over one link.
struct link_heartbeat {
  link_id id;
  std::string packet;
};

/// Called on the link's thread: must not block and must not throw.
struct link_events {
  std::function<void(const link_up&)> up;
  std::function<void(const link_down&)> down;

  /// A heartbeat came past CAF. Whoever takes it counts it in
  /// `link_traffic::taken`. If this is not set, all come as messages.
  std::function<void(link_heartbeat)> heartbeat = {};
};

/// What a connect gave: the actor that the other node publishes.
struct link_peer {
  link_id id;
  caf::actor published;
};

/// What the cluster actor asks of the connections of its node. Of what it tells
/// peers only heartbeats come this way, by `send`, and not all of them: all
/// else is messages to the actors that the links bring.
///
/// Threads: any thread may call anything.
class peer_links {
public:
  using connected = std::function<void(caf::expected<link_peer>)>;

  peer_links() = default;
  peer_links(const peer_links&) = delete;
  peer_links& operator=(const peer_links&) = delete;
  virtual ~peer_links();

  /// Ends all links, though others go on to hold this: what they ask for
  /// afterwards is never done.
  virtual void stop() = 0;

  /// Lets peers in. `host` is an address, `port` 0 takes a free one; may be
  /// called for several addresses. @returns the port.
  [[nodiscard]] virtual caf::expected<std::uint16_t>
  listen(const std::string& host, std::uint16_t port) = 0;

  /// Opens a link. Calls `done` once, on any thread, after `link_events::up`.
  virtual void connect(std::string host, std::uint16_t port, connected done)
      = 0;

  /// Sends heartbeats past CAF, where unknown ids are ignored. The caller has
  /// counted each in `link_traffic::sent`, after `is_outflow_done` said yes;
  /// and each fits, as `heartbeat_frame::fits` says.
  virtual void send(std::vector<link_heartbeat> heartbeats) = 0;

  /// Ends a link; unknown ids are ignored.
  virtual void close(link_id id) = 0;

  /// Loads the certificates again, for connections that come.
  [[nodiscard]] virtual caf::error reload_certificates() = 0;

  [[nodiscard]] virtual link_stats stats() const = 0;
};

/// The connections of this node to the others of its cluster, each one TCP with
/// mutual TLS, the only way in which bytes reach CAF's distribution layer. That
/// layer trusts what it reads; so it never has a port, and what it reads has
/// passed a guard.
///
/// There is at most one link between two nodes, whoever connects, and none of a
/// node to itself. There is no retry: who wants a link back connects again.
///
/// Shape:   256 KiB and a pair of sockets per link, one thread in all.
/// Errors:  values, `link_error` or `ec::invalid_config`.
/// Threads: any thread may call anything; the destructor ends all links, calls
///          back what is outstanding, and must not run on the link's thread.
///          Destroy it before the actor system.
class cluster_link final : public peer_links {
public:
  /// Loads the certificates and starts the thread. `system` must have been
  /// configured by `configure_links`. Peers get a handle to `published`.
  [[nodiscard]] static caf::expected<std::unique_ptr<cluster_link>>
  make(caf::actor_system& system, const link_config& settings,
       caf::actor published, link_events events = {});

  ~cluster_link() override;

  /// Ends their thread as well.
  void stop() override;

  [[nodiscard]] caf::expected<std::uint16_t>
  listen(const std::string& host, std::uint16_t port) override;

  /// Calls `done` on the link's thread. Connects run beside each other, name
  /// look-ups included.
  void connect(std::string host, std::uint16_t port, connected done) override;

  void close(link_id id) override;

  void send(std::vector<link_heartbeat> heartbeats) override;

  /// Errors: as of `make`; then the old ones stay.
  [[nodiscard]] caf::error reload_certificates() override;

  [[nodiscard]] link_stats stats() const override;

private:
  explicit cluster_link(std::shared_ptr<link_core> core);

  std::shared_ptr<link_core> core_;
};

} // namespace rollcall

CAF_ERROR_CODE_ENUM(rollcall::link_error, "link")
