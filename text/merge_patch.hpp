#pragma once

#include <string>
#include <string_view>

namespace rollcall {

/// Changes a JSON value by a merge patch. What the patch does not touch keeps
/// its bytes and its place; new members come last, in the order of the patch.
/// Both texts are valid JSON, or the result is none.
///
/// Shape:   takes time in proportion to depth times length, and a stack frame
///          a level of the patch.
/// Source:  RFC 7396
[[nodiscard]] std::string merge_patch(std::string_view target,
                                      std::string_view patch);

} // namespace rollcall
