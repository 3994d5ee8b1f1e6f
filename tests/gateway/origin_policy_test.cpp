#include "app/gateway/handshake.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace rollcall::channels;

namespace {

const auto known = *host_policy::parse({"here.org"});

bool allows(std::vector<std::string> entries, const std::string& origin,
            std::string_view host = "here.org:4000") {
  const auto policy = origin_policy::parse(entries);
  BOOST_TEST_REQUIRE(policy.has_value());
  return policy->allows(origin, host, known);
}

} // namespace

BOOST_AUTO_TEST_SUITE(origin_policy_tests)

BOOST_AUTO_TEST_CASE(no_origin_is_no_browser) {
  BOOST_TEST(origin_policy::parse({})->allows(std::nullopt, "here.org", known));
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

// DNS rebinding: origin and host agree, since the name leads here.
BOOST_AUTO_TEST_CASE(the_same_host_counts_only_if_it_is_one_of_ours) {
  BOOST_TEST(!allows({"same-host"}, "http://evil.org:4000", "evil.org:4000"));
  BOOST_TEST(
      allows({"same-host", "//evil.org"}, "http://evil.org", "evil.org"));
  BOOST_TEST(allows({"same-host"}, "http://localhost:1", "localhost:1"));
  BOOST_TEST(allows({"same-host"}, "http://10.0.0.7:1", "10.0.0.7:1"));
}

BOOST_AUTO_TEST_CASE(hosts_are_names_without_ports) {
  for (const auto* bad : {"", "a:1", "http://a", "a/b", "a b", "*.", "*a"})
    BOOST_TEST(!host_policy::parse({bad}).has_value(), bad);
  const auto policy = *host_policy::parse({"A.org", "*.b.org"});
  for (const auto* good : {"a.org", "a.ORG.:80", "x.b.org", "127.0.0.1:4000",
                           "[::1]", "[fe80::1]:4000", "192.168.0.1"})
    BOOST_TEST(policy.allows(good), good);
  for (const auto* bad : {"b.org", "xa.org", "a.org.evil", "1.2.3.4.evil",
                          "1.2.3.999", "[evil]", "", ":80"})
    BOOST_TEST(!policy.allows(bad), bad);
  BOOST_TEST(host_policy::parse({"*"})->allows("anything"));
}

BOOST_AUTO_TEST_SUITE_END()
