#pragma once

#include "actors/cluster/basp_guard.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

namespace rollcall {

/// The answer to a hello; travels: append only.
enum class hello_status : std::uint8_t {
  accepted,  ///< Go on with BASP. Also what a hello itself carries.
  myself,    ///< The node connected to itself.
  duplicate, ///< There is a link between these two nodes already.
  full,      ///< The node has as many links as it allows.
  count_,    ///< Not a status. Keep last.
};

/// The first bytes of a link in each direction, after TLS and before BASP: the
/// dialer says who it is, the other side who it is and whether it wants the
/// link. So two nodes never have two links at BASP's level, where the second
/// would lose messages, however they connect to each other.
struct link_hello {
  hello_status status = hello_status::accepted;
  node_key node{};

  friend bool operator==(const link_hello&, const link_hello&) = default;
};

/// Magic `rollcall`, version, status, six zero bytes, node.
inline constexpr std::size_t hello_bytes = 48;
inline constexpr std::uint8_t link_version = 1;

using hello_buffer = std::array<std::byte, hello_bytes>;

[[nodiscard]] hello_buffer encode(const link_hello& hello) noexcept;

/// @returns the hello, or what is wrong with it, in words.
[[nodiscard]] std::variant<link_hello, std::string_view>
decode(const hello_buffer& bytes) noexcept;

} // namespace rollcall
