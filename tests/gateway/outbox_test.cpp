#include "app/gateway/outbox.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace rollcall::channels;

namespace {

constexpr auto overhead = outbox::message_overhead_bytes;

/// Takes the next piece out of the box.
std::string take_piece(outbox& box, bool& is_last) {
  const auto next = box.next();
  std::string text;
  for (const auto& each : next.buffers)
    text.append(static_cast<const char*>(each.data()), each.size());
  is_last = next.is_last;
  box.pop(next);
  return text;
}

/// Takes the oldest out of the box.
std::string take(outbox& box) {
  std::string text;
  for (bool is_last = false; !is_last;)
    text += take_piece(box, is_last);
  return text;
}

/// Makes "0", "1", ... one after the other.
struct counting_source final : text_source {
  explicit counting_source(std::size_t parts) : count{parts} {
  }

  part at(std::size_t index) override {
    ++made;
    return {share(std::to_string(index)), index + 1 == count};
  }

  std::size_t held_bytes() const noexcept override {
    return 1000;
  }

  std::size_t count;
  std::size_t made = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(outbox_tests)

BOOST_AUTO_TEST_CASE(messages_leave_in_the_order_they_came) {
  outbox box{1000};
  BOOST_TEST(box.push({share("ab"), nullptr}));
  BOOST_TEST(box.push({share("cd"), share("ef")}));
  BOOST_TEST(box.bytes() == 6u + 2 * overhead);
  BOOST_TEST(take(box) == "ab");
  BOOST_TEST(take(box) == "cdef");
  BOOST_TEST(box.empty());
  BOOST_TEST(box.bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(the_bound_is_inclusive_and_one_more_is_refused) {
  outbox box{4 + overhead};
  BOOST_TEST(box.push({share("abcd"), nullptr}));
  BOOST_TEST(!box.push({share("e"), nullptr}));
  BOOST_TEST(box.size() == 1u);
  BOOST_TEST(take(box) == "abcd");
  BOOST_TEST(box.push({share("e"), nullptr}));
}

BOOST_AUTO_TEST_CASE(all_may_be_dropped) {
  outbox box{4 + overhead};
  BOOST_TEST(box.push({share("abc"), nullptr}));
  box.clear();
  BOOST_TEST(box.empty());
  BOOST_TEST(box.push({share("wxyz"), nullptr}));
  BOOST_TEST(take(box) == "wxyz");
}

BOOST_AUTO_TEST_CASE(many_messages_in_and_out_stay_in_order) {
  outbox box{100'000};
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

BOOST_AUTO_TEST_CASE(a_million_empty_messages_do_not_pass_the_bound) {
  outbox box{1u << 20};
  std::size_t taken = 0;
  while (box.push({share(""), nullptr}))
    ++taken;
  BOOST_TEST(taken == (1u << 20) / overhead);
}

BOOST_AUTO_TEST_CASE(a_long_message_leaves_in_pieces_that_make_it_up_again) {
  constexpr auto most = outbox::piece_bytes_max;
  std::string head(most + 10, 'h');
  std::string tail(2 * most, 't');
  outbox box{1u << 20};
  BOOST_TEST(box.push({share(head), share(tail)}));
  BOOST_TEST(box.push({share("next"), nullptr}));
  std::string text;
  std::vector<std::size_t> sizes;
  for (bool is_last = false; !is_last;) {
    const auto piece = take_piece(box, is_last);
    sizes.push_back(piece.size());
    text += piece;
  }
  BOOST_TEST((sizes == std::vector<std::size_t>{most, most, most, 10}));
  BOOST_TEST((text == head + tail));
  BOOST_TEST(take(box) == "next");
}

BOOST_AUTO_TEST_CASE(a_message_of_just_one_piece_is_not_cut) {
  outbox box{1u << 20};
  BOOST_TEST(box.push({share(std::string(outbox::piece_bytes_max, 'x')), {}}));
  bool is_last = false;
  BOOST_TEST(take_piece(box, is_last).size() == outbox::piece_bytes_max);
  BOOST_TEST(is_last);
}

BOOST_AUTO_TEST_CASE(a_text_is_made_as_it_is_sent_and_costs_only_its_head) {
  const auto source = std::make_shared<counting_source>(3);
  outbox box{10 + overhead};
  BOOST_TEST(box.push({share("head:"), nullptr, false, source}));
  BOOST_TEST(source->made == 0u);
  BOOST_TEST(box.bytes() == 5u + overhead);
  BOOST_TEST(box.held_bytes() == 1005u + overhead);
  bool is_last = true;
  BOOST_TEST(take_piece(box, is_last) == "head:0");
  BOOST_TEST(!is_last);
  BOOST_TEST(source->made == 1u);
  BOOST_TEST(take_piece(box, is_last) == "1");
  BOOST_TEST(take_piece(box, is_last) == "2");
  BOOST_TEST(is_last);
  BOOST_TEST(box.held_bytes() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
