#include "actors/cluster/link_hello.hpp"

#include <algorithm>

namespace rollcall {

namespace {

constexpr std::string_view magic = "rollcall";
constexpr std::size_t version_at = 8;
constexpr std::size_t status_at = 9;
constexpr std::size_t node_at = 16;
static_assert(node_at + std::tuple_size_v<node_key> == hello_bytes);

} // namespace

hello_buffer encode(const link_hello& hello) noexcept {
  hello_buffer bytes{};
  std::transform(magic.begin(), magic.end(), bytes.begin(),
                 [](char c) { return static_cast<std::byte>(c); });
  bytes[version_at] = std::byte{link_version};
  bytes[status_at] = static_cast<std::byte>(hello.status);
  std::copy(hello.node.begin(), hello.node.end(), bytes.begin() + node_at);
  return bytes;
}

std::variant<link_hello, std::string_view>
decode(const hello_buffer& bytes) noexcept {
  if (!std::equal(magic.begin(), magic.end(), bytes.begin(),
                  [](char c, std::byte b) { return std::byte(c) == b; }))
    return std::string_view{"not a Rollcall node"};
  if (bytes[version_at] != std::byte{link_version})
    return std::string_view{"another version of the link protocol"};
  link_hello hello{.status = static_cast<hello_status>(bytes[status_at])};
  if (hello.status >= hello_status::count_)
    return std::string_view{"an answer that this version does not know"};
  std::copy_n(bytes.begin() + node_at, hello.node.size(), hello.node.begin());
  return hello;
}

} // namespace rollcall
