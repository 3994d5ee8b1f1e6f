#include "crdt/cluster/heartbeats.hpp"
#include "rollcall/limits.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace rollcall::test {

namespace {

constexpr std::string_view no_text = "\xf3";

} // namespace

BOOST_AUTO_TEST_SUITE(heartbeats_tests)

BOOST_AUTO_TEST_CASE(every_name_in_a_heartbeat_is_a_name) {
  const crdt::node_incarnation good{"a", 1};
  const crdt::node_incarnation bad{std::string{no_text}, 1};
  crdt::heartbeat message;
  message.others.push_back({good, 1, true, {}, {}});
  message.missing = message.relays = {good.name};
  message.departed.push_back(good);
  BOOST_TEST(crdt::has_good_names(message));
  message.others.push_back({bad, 1, true, {}, {}});
  BOOST_TEST(!crdt::has_good_names(message));
  message.others.pop_back();
  message.departed.push_back(
      {std::string(limits::node_name_bytes_max + 1, 'a'), 1});
  BOOST_TEST(!crdt::has_good_names(message));
  message.departed.clear();
  message.missing = {bad.name};
  BOOST_TEST(!crdt::has_good_names(message));
  message.missing.reset();
  message.relays = {bad.name};
  BOOST_TEST(!crdt::has_good_names(message));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
