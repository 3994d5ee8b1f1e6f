#pragma once

#include "crdt/cluster/cluster_effects.hpp"

#include <string>
#include <utility>
#include <vector>

namespace rollcall::crdt {

/// Collects the effects of one step.
class effect_list {
public:
  void add(cluster_effect effect) {
    all_.push_back(std::move(effect));
  }

  void log(severity level, std::string text) {
    add(log_line{level, std::move(text)});
  }

  /// Encodes a packet once for all who get it.
  template <class Packet>
  void send(std::vector<connection_id> to, const Packet& packet) {
    std::string bytes;
    wire::encode(packet, bytes);
    send_bytes(std::move(to), std::move(bytes));
  }

  void send_bytes(std::vector<connection_id> to, std::string bytes) {
    if (!to.empty())
      add(send_packet{std::move(to), std::move(bytes)});
  }

  /// The step is over. @returns all effects, and begins anew.
  [[nodiscard]] cluster_effects take() {
    return std::exchange(all_, {});
  }

private:
  cluster_effects all_;
};

} // namespace rollcall::crdt
