#pragma once

#include <caf/error.hpp>
#include <caf/fwd.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace rollcall {

/// How the links of one node behave. Immutable once they run.
struct link_config {
  /// PEM file with this node's certificate and what it takes to lead to the
  /// authority. Either all three files are set (mutual TLS, in both
  /// directions), or none (plaintext).
  std::string certificate_file;

  /// PEM file with the private key of the certificate, without passphrase.
  std::string key_file;

  /// PEM file with the authorities whose certificates get in. It should have
  /// signed nothing but nodes of this cluster: who has a certificate is
  /// trusted.
  std::string authority_file;

  /// Whether the certificate of a peer that we connect to must also bear the
  /// host name, or address, that we connect to. Without it any node of the
  /// cluster may answer in the place of another.
  bool check_host_name = false;

  /// If set, this node's certificate must bear it: see `certificate_names`.
  std::string node_name;

  /// Whether plaintext may leave the machine. Without it and without
  /// certificates only loopback addresses are listened on and connected to.
  bool allow_plaintext = false;

  /// Time for the name look-up and for each address that it gave, 10 ms to
  /// 60 s.
  std::chrono::milliseconds connect_timeout{3000};

  /// Time from TCP connection to complete handshakes of TLS, link and BASP,
  /// 10 ms to 60 s.
  std::chrono::milliseconds handshake_timeout{5000};

  /// A link is closed if the network does not take a block, at most 64 KiB, for
  /// this long, 100 ms to 1 h.
  std::chrono::milliseconds stall_timeout{10'000};

  /// Pause after the system refused a new connection (no descriptors left),
  /// 1 ms to 10 s.
  std::chrono::milliseconds accept_backoff{100};

  /// Payload of one message between nodes, 64 KiB to 256 MiB. A larger one
  /// closes the link.
  std::uint32_t frame_bytes_max = 8u << 20;

  /// Messages of one peer that this node has yet to deal with, in bytes, 0 or
  /// `frame_bytes_max` to 1 GiB: above it nothing more is read from that peer.
  /// 0: no bound, for readers that do not say what they have taken.
  std::uint64_t inflow_bytes_max = 0;

  /// New connections of one address that are taken in a second, 1 to 100 000,
  /// and as many at once: a TLS handshake costs this node more than those who
  /// ask for it. What is above it is closed.
  std::uint32_t accepts_per_second = 100;

  /// Accepted connections that have not completed their handshakes, 1 to
  /// 65 536. One more and the oldest is closed: honest handshakes are short.
  std::size_t handshakes_max = 64;

  /// Links that are up, and again connects under way, 1 to 65 536. One more
  /// is refused.
  std::size_t links_max = 256;

  /// Whether certificates are set.
  [[nodiscard]] bool has_tls() const noexcept {
    return !certificate_file.empty();
  }
};

/// Checks every bound. @returns the first broken one as `ec::invalid_config`.
[[nodiscard]] caf::error validate(const link_config& settings);

/// Settings of CAF under which its distribution layer works with links: the
/// middleman is loaded, messages are read on its own thread and written as
/// they come, CAF neither listens, connects nor gives up by itself, and the
/// node id is unique. They are defaults: call this before the configuration
/// file is parsed. Call it once per configuration.
void configure_links(caf::actor_system_config& settings);

} // namespace rollcall
