#include "app/gateway/outbox.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <string_view>

using namespace rollcall::channels;

namespace {

std::string content(const outbox& box) {
  std::array<std::string_view, 8> places;
  const auto used = box.gather(places);
  std::string all;
  for (std::size_t i = 0; i < used; ++i)
    all += places[i];
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(outbox_tests)

BOOST_AUTO_TEST_CASE(frames_leave_in_the_order_they_came) {
  outbox box{100};
  BOOST_TEST(box.push({share("ab"), nullptr}));
  BOOST_TEST(box.push({share("cd"), share("ef")}));
  BOOST_TEST(content(box) == "abcdef");
  BOOST_TEST(box.bytes() == 6u);
}

BOOST_AUTO_TEST_CASE(a_partial_write_goes_on_where_it_stopped) {
  outbox box{100};
  BOOST_TEST(box.push({share("ab"), nullptr}));
  BOOST_TEST(box.push({share("cd"), share("ef")}));
  const std::string all = "abcdef";
  for (std::size_t sent = 1; sent <= all.size(); ++sent) {
    box.consume(1);
    BOOST_TEST(content(box) == all.substr(sent));
  }
  BOOST_TEST(box.empty());
}

BOOST_AUTO_TEST_CASE(the_bound_is_inclusive_and_one_more_is_refused) {
  outbox box{4};
  BOOST_TEST(box.push({share("abcd"), nullptr}));
  BOOST_TEST(!box.push({share("e"), nullptr}));
  BOOST_TEST(content(box) == "abcd");
  box.consume(1);
  BOOST_TEST(box.push({share("e"), nullptr}));
}

BOOST_AUTO_TEST_CASE(last_words_go_above_the_bound) {
  outbox box{1};
  box.push_last({share("bye"), nullptr});
  BOOST_TEST(content(box) == "bye");
  BOOST_TEST(!box.push({share("x"), nullptr}));
}

BOOST_AUTO_TEST_CASE(a_frame_that_was_begun_is_not_dropped) {
  outbox box{100};
  BOOST_TEST(box.push({share("abc"), nullptr}));
  BOOST_TEST(box.push({share("def"), nullptr}));
  box.consume(1);
  box.drop_unstarted();
  BOOST_TEST(content(box) == "bc");
  BOOST_TEST(box.bytes() == 2u);
}

BOOST_AUTO_TEST_CASE(all_is_dropped_if_nothing_was_begun) {
  outbox box{100};
  BOOST_TEST(box.push({share("abc"), nullptr}));
  box.drop_unstarted();
  BOOST_TEST(box.empty());
  BOOST_TEST(box.push({share("x"), nullptr}));
  BOOST_TEST(content(box) == "x");
}

BOOST_AUTO_TEST_CASE(more_frames_than_places_go_in_several_turns) {
  outbox box{10'000};
  std::string all;
  for (int i = 0; i < 500; ++i) {
    all += std::to_string(i);
    BOOST_TEST_REQUIRE(box.push({share(std::to_string(i)), nullptr}));
  }
  std::string sent;
  while (!box.empty()) {
    const auto part = content(box);
    sent += part;
    box.consume(part.size());
  }
  BOOST_TEST(sent == all);
}

BOOST_AUTO_TEST_SUITE_END()
