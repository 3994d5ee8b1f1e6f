#pragma once

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>

namespace rollcall::node {

/// A key as clients give it: a string, or a whole number, since many systems
/// number their users.
[[nodiscard]] inline std::optional<std::string>
key_of(const boost::json::value& key) {
  if (key.is_string())
    return std::string{key.get_string()};
  if (key.is_int64() || key.is_uint64())
    return std::string{boost::json::serialize(key)};
  return std::nullopt;
}

} // namespace rollcall::node
