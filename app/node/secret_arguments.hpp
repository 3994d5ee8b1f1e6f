#pragma once

#include <span>

namespace rollcall::node {

/// Overwrites the values of `--rollcall.*` arguments whose key names a secret
/// or token, in place: every user of the machine can read the arguments of a
/// process. A mistyped key counts too; one that ends with "-file" does not.
void hide_secrets(std::span<char*> arguments) noexcept;

} // namespace rollcall::node
