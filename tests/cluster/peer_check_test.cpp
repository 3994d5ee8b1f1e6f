#include "actors/cluster/peer_check.hpp"
#include <rollcall/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace rollcall::test {

namespace {

constexpr std::string_view no_text = "\xf3";

/// What is wrong with one presence that a peer sends.
ec fault(std::string_view topic, std::string_view key, std::string_view meta) {
  crdt::interval interval;
  for (const std::string_view good : {"alice", "bob"})
    interval.live.push_back(
        {"room:1",
         crdt::stored_entry::make(good, "{}", 1, crdt::dot{{1}, 1}, 0)});
  interval.live.push_back(
      {topic, crdt::stored_entry::make(key, meta, 1, crdt::dot{{1}, 2}, 0)});
  return code_of(check(interval));
}

} // namespace

BOOST_AUTO_TEST_SUITE(peer_check_tests)

BOOST_AUTO_TEST_CASE(a_presence_that_could_be_ours_is_good) {
  BOOST_TEST((fault("room:1", "carol", R"({"a":[1,{"b":null}]})") == ec::none));
}

BOOST_AUTO_TEST_CASE(a_presence_that_clients_would_choke_on_is_not) {
  BOOST_TEST((fault("", "carol", "{}") == ec::invalid_topic));
  BOOST_TEST((fault(no_text, "carol", "{}") == ec::invalid_topic));
  BOOST_TEST((fault("room:1", "", "{}") == ec::invalid_key));
  BOOST_TEST((fault("room:1", no_text, "{}") == ec::invalid_key));
  for (const std::string_view meta : {"", "[]", "{", "{}x", "{\"a\":\"\xf3\"}"})
    BOOST_TEST((fault("room:1", "carol", meta) == ec::invalid_meta));
}

BOOST_AUTO_TEST_CASE(an_event_has_a_topic_a_name_and_json_or_bytes) {
  const wire::event good{"room:1", "ping", "[1]"};
  BOOST_TEST(is_good(good));
  auto event = good;
  event.topic = no_text;
  BOOST_TEST(!is_good(event));
  event = good;
  event.name = no_text;
  BOOST_TEST(!is_good(event));
  event = good;
  for (const std::string_view text : {"{", "{} {}", "nul"}) {
    event.payload = text;
    BOOST_TEST(!is_good(event));
  }
  event.payload.clear();
  BOOST_TEST(is_good(event));
  event.payload = std::string(100'000, '[');
  BOOST_TEST(!is_good(event));
  event.is_binary = true;
  BOOST_TEST(is_good(event));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
