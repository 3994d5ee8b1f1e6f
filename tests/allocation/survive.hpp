#pragma once

#include "tests/support/failing_allocator.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>

namespace rollcall::test {

/// Makes a `Scene` for every allocation of `act(scene)` and lets that one fail;
/// after it `check(scene)` says what must still hold, then the scene ends.
/// Whatever failed, nothing may be lost.
template <class Scene, class Act, class Check>
void survive(Act act, Check check) {
  std::size_t failures = 0;
  for (auto is_done = false; !is_done; ++failures) {
    const auto before = live_blocks();
    {
      Scene scene;
      is_done = !with_failure(failures, [&] { act(scene); });
      check(scene);
    }
    const auto lost = live_blocks() - before;
    BOOST_TEST_REQUIRE(lost == 0u, "allocation " << failures << " failed, "
                                                 << lost << " blocks lost");
    BOOST_TEST_REQUIRE(failures < 100'000u);
  }
  BOOST_TEST(failures > 1u, "nothing was allocated");
}

/// For what may only be ended after a failure.
template <class Scene, class Act>
void survive(Act act) {
  survive<Scene>(act, [](Scene&) {});
}

} // namespace rollcall::test
