// What `tell` carries from node to node, and what it refuses.
#include "tests/cluster/cluster_nodes.hpp"
#include "tests/support/silent_log.hpp"
#include "tests/support/told_types.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <memory>

namespace rollcall::test {

namespace {

struct one_codec : told_types_codec {
  one_codec() : told_types_codec{10'000} {
  }

  template <class T>
  static std::string problem(const caf::expected<T>& outcome) {
    return outcome ? std::string{} : describe(outcome.error());
  }

  /// A message as CAF writes it, with any content.
  static std::string raw(const std::string& types, const std::string& content) {
    return std::string(2, '\0') + static_cast<char>(types.size()) + types
           + content;
  }
};

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(tell_codec_tests, one_codec)

BOOST_AUTO_TEST_CASE(a_listed_type_arrives_as_it_was) {
  const auto bytes
      = codec.encode(caf::make_message(note{"hello", {1, 2, 3}}, blob{{'x'}}));
  BOOST_REQUIRE(bytes);
  const auto message = codec.decode(*bytes);
  BOOST_REQUIRE(message);
  BOOST_REQUIRE((message->match_elements<note, blob>()));
  BOOST_TEST(message->get_as<note>(0).text == "hello");
  BOOST_TEST(message->get_as<note>(0).numbers.size() == 3u);
}

BOOST_AUTO_TEST_CASE(an_event_needs_no_listing) {
  const tell_codec bare{system, {}, 1000};
  const auto bytes = bare.encode(caf::make_message(told_event{"a", "1"}));
  BOOST_REQUIRE(bytes);
  BOOST_TEST(!!bare.decode(*bytes));
}

BOOST_AUTO_TEST_CASE(a_type_that_is_not_listed_is_named) {
  const auto text = problem(codec.encode(caf::make_message(std::string{"x"})));
  BOOST_TEST_CONTEXT(text) {
    BOOST_TEST(text.starts_with("unknown_type: the message has a @str"));
    BOOST_TEST(says(text, "rollcall::test::note"));
  }
}

BOOST_AUTO_TEST_CASE(a_type_without_id_is_refused) {
  BOOST_TEST(says(problem(codec.encode(caf::make_message(diff_ptr{}))),
                  "without a CAF type id"));
}

BOOST_AUTO_TEST_CASE(a_message_inside_is_checked_too) {
  BOOST_TEST(!!codec.encode(
      caf::make_message(letter{caf::make_message(note{"inner", {}})})));
  BOOST_TEST(says(
      problem(codec.encode(caf::make_message(letter{caf::make_message(1)}))),
      "unknown_type"));
}

BOOST_AUTO_TEST_CASE(a_message_above_the_bound_is_too_large) {
  const auto text = problem(
      codec.encode(caf::make_message(blob{std::vector<char>(10'001)})));
  BOOST_TEST_CONTEXT(text) {
    BOOST_TEST(text.starts_with("too_large: "));
    BOOST_TEST(says(text, "allowed: 10000"));
  }
}

BOOST_AUTO_TEST_CASE(an_empty_message_is_refused) {
  BOOST_TEST(says(problem(codec.encode(caf::message{})), "empty"));
  BOOST_TEST(!codec.decode(raw("@<>", "")));
  BOOST_TEST(!codec.decode(""));
}

BOOST_AUTO_TEST_CASE(messages_nested_deep_are_refused) {
  const tell_codec wide{system, {"rollcall::test::letter"}, 4u << 20};
  std::string nested;
  for (int depth = 0; depth < 60'000; ++depth)
    nested += raw("@<>+rollcall::test::letter", "");
  BOOST_TEST(!wide.decode(nested));
}

BOOST_AUTO_TEST_CASE(a_length_is_not_believed) {
  for (const std::string length :
       {"\xff\xff\xff\xff\x0f", "\xff\xff\xff\xff\xff\xff\xff\x7f"})
    for (const std::string type : {"note", "blob", "letter"})
      BOOST_TEST(!codec.decode(raw("@<>+rollcall::test::" + type, length)));
}

BOOST_AUTO_TEST_CASE(bytes_behind_the_message_are_refused) {
  auto bytes = *codec.encode(caf::make_message(note{"x", {}}));
  BOOST_TEST(!codec.decode(bytes + "x"));
  bytes.pop_back();
  BOOST_TEST(!codec.decode(bytes));
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

using counter = std::shared_ptr<std::atomic<int>>;

caf::behavior reader(caf::event_based_actor* self, counter notes,
                     counter others) {
  self->set_default_handler(
      [others](caf::scheduled_actor*, caf::message_view&) {
        ++*others;
        return caf::result<caf::message>{caf::message{}};
      });
  return {[notes](const note&) { ++*notes; },
          [notes](const told_event&) { ++*notes; }};
}

struct telling_nodes : silent_log {
  static cluster_node::options options(std::vector<std::string> peers = {}) {
    return {.peers = std::move(peers),
            .tune
            = [](auto& settings) { settings.template allow_tell<note>(); },
            .prepare = add_told_types};
  }

  cluster_node a{"a", options()};
  cluster_node b{"b", options({a.address()})};
  counter notes = std::make_shared<std::atomic<int>>(0);
  counter others = std::make_shared<std::atomic<int>>(0);

  telling_nodes() {
    b.actors.push_back(b.system.spawn(reader, notes, others));
    BOOST_REQUIRE(b.who.track(b.actors.back(), "room:1", "bob", "{}"));
    BOOST_REQUIRE(eventually([&] { return a.keys("room:1").contains("bob"); }));
  }

  caf::error tell(caf::message message) {
    return a.who.tell("room:1", "bob", std::move(message));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(tell_over_nodes_tests, telling_nodes)

BOOST_AUTO_TEST_CASE(a_listed_type_and_an_event_reach_an_owner_elsewhere) {
  BOOST_TEST(!tell(caf::make_message(note{"hello", {1}})));
  BOOST_TEST(!tell(caf::make_message(told_event{"ping", "{}", false})));
  BOOST_TEST(eventually([&] { return notes->load() == 2; }));
}

BOOST_AUTO_TEST_CASE(a_type_that_is_not_listed_is_an_error_to_the_sender) {
  BOOST_TEST((code_of(tell(caf::make_message(blob{}))) == ec::unknown_type));
  BOOST_TEST((code_of(tell(caf::make_message(7))) == ec::unknown_type));
  BOOST_TEST(!tell(caf::make_message(note{"last", {}})));
  BOOST_TEST(eventually([&] { return notes->load() == 1; }));
  BOOST_TEST(others->load() == 0);
}

BOOST_AUTO_TEST_CASE(a_tell_of_twenty_megabytes_is_an_error_to_the_sender) {
  BOOST_TEST((code_of(tell(caf::make_message(
                  told_event{"ping", std::string(20u << 20, 'x'), true})))
              == ec::too_large));
  BOOST_TEST(a.net.peers().front().has_line);
}

BOOST_AUTO_TEST_CASE(an_event_too_large_for_the_links_costs_no_link) {
  topic_event event;
  event.topic = "room:1";
  event.event = "shout";
  event.payload.assign(20u << 20, 'x');
  event.is_binary = true;
  a.who.broadcast(std::make_shared<const topic_event>(event));
  BOOST_TEST(eventually([&] { return a.net.stats().events_dropped == 1; }));
  BOOST_TEST(!tell(caf::make_message(note{"still there", {}})));
  BOOST_TEST(eventually([&] { return notes->load() == 1; }));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
