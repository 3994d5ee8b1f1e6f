#include "app/node/memory_return.hpp"

#include <boost/test/unit_test.hpp>

using rollcall::node::memory_return;

BOOST_AUTO_TEST_SUITE(memory_return_tests)

BOOST_AUTO_TEST_CASE(memory_is_returned_again_only_after_it_has_grown) {
  constexpr std::size_t step = memory_return::bytes_min;
  memory_return decision;
  BOOST_TEST(decision.is_due(10 * step));
  decision.returned(8 * step);
  BOOST_TEST(!decision.is_due(8 * step));
  BOOST_TEST(!decision.is_due(9 * step - 1));
  BOOST_TEST(decision.is_due(9 * step));
  decision.returned(9 * step); // Nothing was free: no further attempts.
  BOOST_TEST(!decision.is_due(9 * step));
}

BOOST_AUTO_TEST_SUITE_END()
