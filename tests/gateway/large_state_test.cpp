#include "app/gateway/state_text.hpp"
#include "tests/gateway/fixture.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using namespace rollcall;
using namespace rollcall::channels;
using namespace rollcall::test;

namespace {

namespace json = boost::json;

/// A topic with presences that no client owns, and an outbox which is much
/// smaller than they are.
struct crowded : open_gateway {
  crowded() : open_gateway{small_outbox()} {
    owner = system.spawn([](caf::event_based_actor*) {
      return caf::behavior{[](caf::unit_t) {}};
    });
  }

  ~crowded() {
    caf::anon_send_exit(owner, caf::exit_reason::user_shutdown);
  }

  static gateway_config small_outbox() {
    auto settings = test_settings();
    settings.outbox_bytes_max = 65'536;
    return settings;
  }

  void track(const std::string& key, const std::string& meta = "{}") {
    BOOST_TEST_REQUIRE(!!who.track(owner, "room:a", key, meta));
  }

  void track_many(int count, const std::string& meta = "{}") {
    for (int i = 0; i < count; ++i)
      track("user" + std::to_string(i), meta);
  }

  /// The keys of the topic as the runtime lists them.
  std::set<std::string> keys() const {
    std::set<std::string> result;
    for (const auto& each : who.list("room:a"))
      result.emplace(each.key());
    return result;
  }

  caf::actor owner;
};

void apply(std::set<std::string>& to, const json::value& diff) {
  for (const auto& each : diff.at("leaves").as_object())
    BOOST_TEST(to.erase(std::string{each.key()}) == 1u, each.key());
  for (const auto& each : diff.at("joins").as_object())
    BOOST_TEST(to.emplace(each.key()).second, each.key());
}

/// The text that all parts make.
std::string joined(state_text& text) {
  std::string all;
  for (std::size_t i = 0;; ++i) {
    const auto part = text.at(i);
    all += *part.bytes;
    if (part.is_last)
      return all;
  }
}

std::string whole(const snapshot& presences, const enrichment& extra) {
  std::string text;
  append_state_json(text, presences, extra);
  return text + "]";
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(large_state_tests, crowded)

BOOST_AUTO_TEST_CASE(a_state_larger_than_the_outbox_can_be_joined) {
  track_many(1213, R"({"bio":")" + std::string(4000, 'b') + "\"}");
  test_client client{port()};
  client.join_ok("room:a", "1", R"({"quiet":1,"state":1})");
  const auto state = json::parse(client.receive()).as_array();
  BOOST_TEST(state[3].as_string() == "presence_state");
  std::set<std::string> seen;
  for (const auto& each : state[4].as_object())
    seen.emplace(each.key());
  BOOST_TEST((seen == keys()));
  BOOST_TEST(seen.size() == 1213u);
  BOOST_TEST(client.is_quiet());
  BOOST_TEST(refused(refusal::outbox_overflow) == 0u);
}

BOOST_AUTO_TEST_CASE(a_state_of_200000_presences_can_be_joined) {
  track_many(200'000);
  test_client client{port()};
  client.join_ok("room:a", "1", R"({"quiet":1,"state":1})");
  const auto state = client.receive();
  BOOST_TEST(state.size() > 8'000'000u);
  std::size_t count = 0;
  for (std::size_t at = 0;
       (at = state.find("\"metas\"", at)) != std::string::npos; ++at)
    ++count;
  BOOST_TEST(count == 200'000u);
  BOOST_TEST(client.is_quiet());
}

// Goal: a client that begins to read a state after the topic changed, ends with
// what the topic holds: each change behind the state, none twice, none missing.
BOOST_AUTO_TEST_CASE(what_changes_while_a_state_is_read_comes_behind_it_once) {
  track_many(3000, R"({"bio":")" + std::string(4000, 'b') + "\"}");
  for (int i = 0; i < 50; ++i)
    track("early" + std::to_string(i));
  test_client client{port()};
  client.join_ok("room:a", "1", R"({"quiet":1,"state":1})");
  // Most of 12 MB waits for the client now, the last of it yet to be made.
  for (int i = 0; i < 50; ++i) {
    track("late" + std::to_string(i));
    BOOST_TEST(!who.untrack(owner, "room:a", "early" + std::to_string(i)));
  }
  const auto state = json::parse(client.receive()).as_array();
  BOOST_TEST_REQUIRE((state[3].as_string() == "presence_state"));
  std::set<std::string> seen;
  for (const auto& each : state[4].as_object())
    seen.emplace(each.key());
  while (seen != keys()) {
    const auto frame = json::parse(client.receive()).as_array();
    BOOST_TEST_REQUIRE((frame[3].as_string() == "presence_diff"));
    apply(seen, frame[4]);
  }
  BOOST_TEST(client.is_quiet());
}

BOOST_AUTO_TEST_CASE(the_parts_of_a_state_are_its_text) {
  const enrichment extra{{"user7", R"({"name":"Ann"})"}, {"user8", "{}"}};
  for (const int count : {0, 1, 2, 40, 700}) {
    for (int i = 0; i < count; ++i)
      static_cast<void>(who.track(owner, "room:a", "user" + std::to_string(i),
                                  R"({"n":")" + std::string(100, 'n') + "\"}"));
    const auto presences = who.list("room:a");
    state_text text{presences, extra};
    BOOST_TEST((joined(text) == whole(presences, extra)), count);
    BOOST_TEST((joined(text) == whole(presences, extra)), "again " << count);
  }
}

BOOST_AUTO_TEST_CASE(readers_that_are_equally_far_share_a_part) {
  track_many(2000);
  state_text text{who.list("room:a")};
  const auto one = text.at(0);
  const auto two = text.at(0);
  BOOST_TEST((one.bytes == two.bytes));
  const auto next = text.at(1);
  BOOST_TEST((text.at(1).bytes == next.bytes));
  BOOST_TEST((text.at(0).bytes == one.bytes));
  BOOST_TEST(next.bytes->size() < 2 * state_text::part_bytes);
}

BOOST_AUTO_TEST_CASE(a_small_state_is_one_text_for_all) {
  track_many(3);
  const auto small = encode_state(who.list("room:a"));
  BOOST_TEST((small.text != nullptr));
  BOOST_TEST((small.parts == nullptr));
  BOOST_TEST(*small.text == whole(who.list("room:a"), {}));
}

BOOST_AUTO_TEST_SUITE_END()
