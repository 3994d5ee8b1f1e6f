#pragma once

#include <cstddef>
#include <string>

namespace rollcall::sim {

/// The name that a simulated node bears.
[[nodiscard]] inline std::string name_of(std::size_t node) {
  return "n" + std::to_string(node);
}

/// Where the others reach it.
[[nodiscard]] inline std::string address_of(std::size_t node) {
  return "host" + std::to_string(node) + ":4000";
}

/// The node at an address.
[[nodiscard]] inline std::size_t node_at(const std::string& address) {
  return std::stoul(address.substr(4)); // "host7:4000"
}

} // namespace rollcall::sim
