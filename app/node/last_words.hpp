#pragma once

namespace rollcall::node {

/// Has the process say why it ends when nobody caught an exception: one line on
/// standard error in one piece, also when several threads run out of memory at
/// once, of which the library's own words would be a part of each.
void install_last_words() noexcept;

} // namespace rollcall::node
