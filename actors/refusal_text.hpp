#pragma once

#include "crdt/shard/shard_effects.hpp"

#include <caf/error.hpp>

#include <string_view>

namespace rollcall {

/// The error for a call that a shard refused, in words for the caller.
/// @pre `answer.why` is not `none`.
[[nodiscard]] caf::error error_of(const crdt::shard_answer& answer,
                                  std::string_view topic,
                                  std::string_view key = {});

/// The error of each call on a handle that was default-constructed.
[[nodiscard]] caf::error not_started();

} // namespace rollcall
