#include "app/node/memory_return.hpp"

#include <boost/test/unit_test.hpp>

using rollcall::node::memory_return;

BOOST_AUTO_TEST_SUITE(memory_return_tests)

constexpr std::size_t step = memory_return::bytes_min;

BOOST_AUTO_TEST_CASE(memory_is_returned_again_only_after_it_has_grown) {
  memory_return decision;
  BOOST_TEST(decision.is_due(10 * step, 8 * step));
  decision.returned(8 * step, 8 * step);
  BOOST_TEST(!decision.is_due(8 * step, 8 * step));
  BOOST_TEST(!decision.is_due(9 * step - 1, 8 * step));
  BOOST_TEST(decision.is_due(9 * step, 8 * step));
  decision.returned(9 * step, 8 * step); // Nothing was free: no more attempts.
  BOOST_TEST(!decision.is_due(9 * step, 8 * step));
}

BOOST_AUTO_TEST_CASE(memory_is_returned_when_what_was_in_use_is_freed) {
  memory_return decision;
  decision.returned(9 * step, 8 * step); // In the middle of a crowd.
  BOOST_TEST(!decision.is_due(9 * step, 7 * step + 1));
  BOOST_TEST(decision.is_due(9 * step, 7 * step)); // The crowd goes.
  decision.returned(2 * step, step);
  BOOST_TEST(!decision.is_due(2 * step, step));
}

BOOST_AUTO_TEST_SUITE_END()
