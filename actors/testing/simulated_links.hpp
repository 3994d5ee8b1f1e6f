#pragma once

#include "actors/cluster/link.hpp"
#include "actors/testing/simulated_network.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::testing {

/// The links of one node of a simulated network.
///
/// @pre the network outlives it.
class simulated_links final : public peer_links {
public:
  simulated_links(simulated_network& network, std::size_t node)
      : network_{network},
        node_{node} {
  }

  void stop() override {
    is_stopped_ = true;
  }

  caf::expected<std::uint16_t> listen(const std::string&,
                                      std::uint16_t port) override {
    return port;
  }

  void connect(std::string host, std::uint16_t, connected done) override {
    if (!is_stopped_)
      network_.dial(node_, host, std::move(done));
  }

  void send(std::vector<link_heartbeat> heartbeats) override {
    for (auto& one : heartbeats)
      if (!is_stopped_)
        network_.send(node_, one.id, std::move(one.packet));
  }

  void close(link_id link) override {
    if (!is_stopped_)
      network_.close(node_, link);
  }

  caf::error reload_certificates() override {
    return {};
  }

  [[nodiscard]] link_stats stats() const override {
    return {};
  }

private:
  simulated_network& network_;
  std::size_t node_;
  bool is_stopped_ = false;
};

} // namespace rollcall::testing
