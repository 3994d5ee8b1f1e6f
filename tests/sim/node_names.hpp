#pragma once

#include <cstddef>
#include <string>

namespace rollcall::sim {

/// The name that a simulated node bears.
[[nodiscard]] inline std::string name_of(std::size_t node) {
  return "n" + std::to_string(node);
}

/// Where the others reach it. Some are written as IPv6 addresses are.
[[nodiscard]] inline std::string address_of(std::size_t node) {
  const auto host = "host" + std::to_string(node);
  return (node % 3 == 1 ? "[" + host + "]" : host) + ":4000";
}

/// The node at an address.
[[nodiscard]] inline std::size_t node_at(const std::string& address) {
  return std::stoul(address.substr(address.find_first_of("0123456789")));
}

/// Whether a node could have told this address of itself.
[[nodiscard]] inline bool is_known_address(const std::string& address) {
  return address.empty()
         || (address.find("host") != std::string::npos
             && address == address_of(node_at(address)));
}

} // namespace rollcall::sim
