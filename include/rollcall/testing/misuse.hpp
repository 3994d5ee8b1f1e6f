#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace rollcall::testing {

/// For the kit itself: ends the test program with a sentence, if a test breaks
/// a precondition, in builds without assertions as well.
inline void require(bool condition, const std::string& otherwise) {
  if (condition)
    return;
  std::fprintf(stderr, "rollcall::testing: %s\n", otherwise.c_str());
  std::abort();
}

} // namespace rollcall::testing
