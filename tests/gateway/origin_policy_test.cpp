#include "app/gateway/handshake.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace rollcall::channels;

namespace {

bool allows(std::vector<std::string> entries, const std::string& origin,
            std::string_view host = "here.org:4000") {
  const auto policy = origin_policy::parse(entries);
  BOOST_TEST_REQUIRE(policy.has_value());
  return policy->allows(origin, host);
}

} // namespace

BOOST_AUTO_TEST_SUITE(origin_policy_tests)

BOOST_AUTO_TEST_CASE(no_origin_is_no_browser) {
  BOOST_TEST(origin_policy::parse({})->allows(std::nullopt, "here.org"));
}

BOOST_AUTO_TEST_CASE(a_star_allows_all) {
  BOOST_TEST(allows({"*"}, "null"));
}

BOOST_AUTO_TEST_CASE(same_host_ignores_scheme_and_port) {
  BOOST_TEST(allows({"same-host"}, "https://here.org"));
  BOOST_TEST(allows({"same-host"}, "http://HERE.org:81"));
  BOOST_TEST(!allows({"same-host"}, "http://there.org"));
  BOOST_TEST(allows({"same-host"}, "http://[::1]:5", "[::1]:4000"));
}

BOOST_AUTO_TEST_CASE(missing_parts_of_an_entry_match_anything) {
  BOOST_TEST(allows({"//example.com"}, "https://example.com"));
  BOOST_TEST(allows({"//example.com"}, "http://example.com:81"));
  BOOST_TEST(!allows({"//example.com"}, "http://notallowed.com"));
  BOOST_TEST(!allows({"//example.com"}, "http://www.example.com"));
}

BOOST_AUTO_TEST_CASE(a_scheme_implies_its_port) {
  BOOST_TEST(allows({"https://example.com"}, "https://example.com"));
  BOOST_TEST(allows({"https://example.com"}, "https://example.com:443"));
  BOOST_TEST(!allows({"https://example.com"}, "https://example.com:444"));
  BOOST_TEST(!allows({"https://example.com"}, "http://example.com"));
  BOOST_TEST(allows({"//example.com:444"}, "https://example.com:444"));
}

BOOST_AUTO_TEST_CASE(a_star_in_front_takes_the_domain_and_its_subdomains) {
  BOOST_TEST(allows({"//*.example.com"}, "https://example.com"));
  BOOST_TEST(allows({"//*.example.com"}, "https://a.b.example.com"));
  BOOST_TEST(!allows({"//*.example.com"}, "https://badexample.com"));
}

BOOST_AUTO_TEST_CASE(an_origin_without_a_host_is_refused) {
  for (const auto* origin : {"null", "file://", "", "//", "https://",
                             "https://x:y", "https://*.example.com"})
    BOOST_TEST(!allows({"same-host", "//*.example.com"}, origin), origin);
}

BOOST_AUTO_TEST_CASE(an_entry_without_a_host_is_a_configuration_error) {
  BOOST_TEST(!origin_policy::parse({"https://"}).has_value());
  BOOST_TEST(!origin_policy::parse({"example.com"}).has_value());
  BOOST_TEST(!origin_policy::parse({""}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
