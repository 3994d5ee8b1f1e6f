#include "app/gateway/outbox.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace rollcall::channels;

namespace {

/// Takes the oldest out of the box.
std::string take(outbox& box) {
  const auto text = *box.front().head
                    + (box.front().tail ? *box.front().tail : std::string{});
  box.pop();
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(outbox_tests)

BOOST_AUTO_TEST_CASE(messages_leave_in_the_order_they_came) {
  outbox box{100};
  BOOST_TEST(box.push({share("ab"), nullptr}));
  BOOST_TEST(box.push({share("cd"), share("ef")}));
  BOOST_TEST(box.bytes() == 6u);
  BOOST_TEST(take(box) == "ab");
  BOOST_TEST(take(box) == "cdef");
  BOOST_TEST(box.empty());
  BOOST_TEST(box.bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(the_bound_is_inclusive_and_one_more_is_refused) {
  outbox box{4};
  BOOST_TEST(box.push({share("abcd"), nullptr}));
  BOOST_TEST(!box.push({share("e"), nullptr}));
  BOOST_TEST(box.size() == 1u);
  box.pop();
  BOOST_TEST(box.push({share("e"), nullptr}));
}

BOOST_AUTO_TEST_CASE(all_may_be_dropped) {
  outbox box{4};
  BOOST_TEST(box.push({share("abc"), nullptr}));
  box.clear();
  BOOST_TEST(box.empty());
  BOOST_TEST(box.push({share("wxyz"), nullptr}));
  BOOST_TEST(take(box) == "wxyz");
}

BOOST_AUTO_TEST_CASE(many_messages_in_and_out_stay_in_order) {
  outbox box{10'000};
  int in = 0;
  int out = 0;
  for (; in < 500; ++in)
    BOOST_TEST_REQUIRE(box.push({share(std::to_string(in)), nullptr}));
  for (; out < 200; ++out)
    BOOST_TEST_REQUIRE(take(box) == std::to_string(out));
  for (; in < 600; ++in)
    BOOST_TEST_REQUIRE(box.push({share(std::to_string(in)), nullptr}));
  for (; out < in; ++out)
    BOOST_TEST_REQUIRE(take(box) == std::to_string(out));
  BOOST_TEST(box.empty());
}

BOOST_AUTO_TEST_SUITE_END()
