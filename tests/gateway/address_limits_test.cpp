#include "app/gateway/address_limits.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace rollcall;
using namespace rollcall::channels;
using namespace std::chrono_literals;

namespace {

const auto start = token_bucket::clock::time_point{} + 1000h;

boost::asio::ip::address ip(const std::string& text) {
  return boost::asio::ip::make_address(text);
}

network_list networks(const std::vector<std::string>& entries) {
  auto parsed = network_list::parse(entries);
  BOOST_TEST_REQUIRE(parsed.has_value());
  return *parsed;
}

/// Limits, and the connections that they let in.
struct gate {
  explicit gate(rate connects, std::size_t most = 0,
                const std::vector<std::string>& exempt = {})
      : limits{connects, most, networks(exempt)} {
  }

  std::optional<refusal> enter(const std::string& from) {
    address_limits::lease place;
    const auto refused = limits.enter(ip(from), now, place);
    if (!refused)
      inside.push_back(std::move(place));
    return refused;
  }

  address_limits limits;
  std::vector<address_limits::lease> inside;
  token_bucket::clock::time_point now = start;
};

} // namespace

BOOST_AUTO_TEST_SUITE(address_limits_tests)

BOOST_AUTO_TEST_CASE(
    connects_above_the_rate_are_refused_for_that_address_only) {
  gate door{{1, 2}};
  BOOST_TEST(!door.enter("192.0.2.1"));
  BOOST_TEST(!door.enter("192.0.2.1"));
  BOOST_TEST((door.enter("192.0.2.1") == refusal::connect_rate));
  BOOST_TEST(!door.enter("192.0.2.2"));
  door.now += 1s;
  BOOST_TEST(!door.enter("192.0.2.1"));
}

BOOST_AUTO_TEST_CASE(a_connection_that_ends_makes_room_for_another) {
  gate door{{}, 2};
  BOOST_TEST(!door.enter("192.0.2.1"));
  BOOST_TEST(!door.enter("192.0.2.1"));
  BOOST_TEST((door.enter("192.0.2.1") == refusal::connections_max));
  door.inside.pop_back();
  BOOST_TEST(!door.enter("192.0.2.1"));
}

BOOST_AUTO_TEST_CASE(the_first_64_bits_of_ipv6_are_one_address) {
  gate door{{}, 1};
  BOOST_TEST(!door.enter("2001:db8:0:1::1"));
  BOOST_TEST((door.enter("2001:db8:0:1:ffff::2") == refusal::connections_max));
  BOOST_TEST(!door.enter("2001:db8:0:2::1"));
}

BOOST_AUTO_TEST_CASE(ipv4_over_an_ipv6_socket_is_the_same_address) {
  gate door{{}, 1};
  BOOST_TEST(!door.enter("192.0.2.1"));
  BOOST_TEST((door.enter("::ffff:192.0.2.1") == refusal::connections_max));
}

BOOST_AUTO_TEST_CASE(exempt_networks_are_not_limited) {
  gate door{{1, 1}, 1, {"127.0.0.0/8", "::1", "2001:db8::/32"}};
  for (const std::string each :
       {"127.0.0.1", "127.9.9.9", "::1", "2001:db8:5::5", "::ffff:127.0.0.1"})
    for (int i = 0; i < 3; ++i)
      BOOST_TEST(!door.enter(each), each);
  BOOST_TEST(door.limits.size() == 0u);
  BOOST_TEST(!door.enter("128.0.0.1"));
  BOOST_TEST(door.enter("128.0.0.1").has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_network_is_not_taken) {
  for (const std::string each :
       {"x", "10.0.0.0/33", "10.0.0/8", "::1/129", "/8", ""})
    BOOST_TEST(!network_list::parse({each}).has_value(), each);
}

BOOST_AUTO_TEST_CASE(the_table_of_addresses_is_bounded) {
  gate door{{1, 1}};
  for (unsigned i = 0; i < 100'000; ++i)
    door.enter(boost::asio::ip::make_address_v4(i + 1).to_string());
  BOOST_TEST(door.limits.size() == address_limits::addresses_max);
  door.inside.clear();
  door.now += 2s;
  BOOST_TEST(!door.enter("192.0.2.1"));
  BOOST_TEST(door.limits.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
