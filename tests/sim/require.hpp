#pragma once

#include <stdexcept>

namespace rollcall::sim {

/// Ends the run with a sentence, unless it is so.
inline void require(bool is_so, const char* otherwise) {
  if (!is_so)
    throw std::logic_error{otherwise};
}

} // namespace rollcall::sim
