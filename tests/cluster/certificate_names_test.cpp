#include "actors/cluster/accept_budget.hpp"
#include "actors/cluster/certificate_names.hpp"

#include <boost/test/unit_test.hpp>

namespace rollcall::test {

BOOST_AUTO_TEST_SUITE(certificate_names_tests)

BOOST_AUTO_TEST_CASE(a_name_of_a_node_counts_alone) {
  const certificate_names names{{"a"}, {"host-1"}};
  BOOST_TEST(may_be(names, "a"));
  BOOST_TEST(!may_be(names, "host-1"));
  BOOST_TEST(!may_be(names, "b"));
}

BOOST_AUTO_TEST_CASE(a_host_name_counts_where_no_node_is_named) {
  const certificate_names names{{}, {"host-1", "localhost"}};
  BOOST_TEST(may_be(names, "host-1"));
  BOOST_TEST(!may_be(names, "host"));
  BOOST_TEST(!may_be(names, "localhost"));
  BOOST_TEST(describe(names) == "'host-1'");
}

BOOST_AUTO_TEST_CASE(a_certificate_without_names_is_nobodys) {
  BOOST_TEST(!may_be({}, ""));
  BOOST_TEST(!may_be(names_in(nullptr), "a"));
  BOOST_TEST(describe(certificate_names{}) == "no node");
}

BOOST_AUTO_TEST_CASE(a_name_in_a_uri_may_be_encoded) {
  BOOST_TEST(node_name_of("rollcall%40host") == "rollcall@host");
  BOOST_TEST(node_name_of("100%") == "100%");
  BOOST_TEST(node_name_of("%4") == "%4");
  BOOST_TEST(node_name_of("%zz") == "%zz");
  BOOST_TEST(node_name_of("%-1") == "%-1");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(accept_budget_tests)

BOOST_AUTO_TEST_CASE(an_address_gets_so_many_at_once_and_a_second) {
  accept_budget budget{10};
  auto now = accept_budget::clock::time_point{} + std::chrono::hours{1};
  const auto taken = [&] {
    int result = 0;
    while (budget.take("10.0.0.1", now))
      ++result;
    return result;
  };
  BOOST_TEST(taken() == 10);
  BOOST_TEST(taken() == 0);
  now += std::chrono::milliseconds{300};
  BOOST_TEST(taken() == 3);
  BOOST_TEST(budget.take("10.0.0.2", now));
  now += std::chrono::hours{1};
  BOOST_TEST(taken() == 10);
}

BOOST_AUTO_TEST_CASE(addresses_without_number_share_one_budget) {
  accept_budget budget{1};
  auto now = accept_budget::clock::time_point{} + std::chrono::hours{1};
  int taken = 0;
  for (int i = 0; i < 10'000; ++i)
    taken += budget.take(std::to_string(i), now) ? 1 : 0;
  BOOST_TEST(taken == static_cast<int>(accept_budget::sources_max) + 1);
  now += std::chrono::seconds{2};
  BOOST_TEST(budget.take("10000", now));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
