#include "crdt/lingering.hpp"
#include "crdt/presence_set.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <vector>

using namespace std::chrono_literals;
using namespace rollcall::crdt;
using seqs = std::vector<std::uint64_t>;

BOOST_AUTO_TEST_SUITE(lingering_tests)

BOOST_AUTO_TEST_CASE(those_whose_time_is_over_come_out_in_order) {
  lingering waiting;
  waiting.add("t", "ann", 7, 3s);
  waiting.add("t", "bob", 5, 1s);
  waiting.add("t", "eve", 6, 2s);
  BOOST_TEST((waiting.next_end() == lingering::time{1s}));
  BOOST_TEST(waiting.expire(999ms).empty());
  BOOST_TEST(waiting.expire(2s) == (seqs{5, 6}),
             boost::test_tools::per_element());
  BOOST_TEST((waiting.next_end() == lingering::time{3s}));
  BOOST_TEST(waiting.size() == 1u);
}

BOOST_AUTO_TEST_CASE(
    of_several_under_one_name_the_one_that_ends_first_is_taken) {
  lingering waiting;
  waiting.add("t", "ann", 7, 3s);
  waiting.add("t", "ann", 8, 1s);
  waiting.add("t", "an", 9, 1s);
  BOOST_TEST((waiting.take("t", "ann") == 8u));
  BOOST_TEST((waiting.take("t", "ann") == 7u));
  BOOST_TEST(!waiting.take("t", "ann").has_value());
  BOOST_TEST(!waiting.take("tan", "n").has_value());
  BOOST_TEST(waiting.expire(9s) == seqs{9}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_that_was_taken_has_no_end_any_more) {
  lingering waiting;
  waiting.add("t", "ann", 7, 1s);
  waiting.take("t", "ann");
  BOOST_TEST(!waiting.next_end().has_value());
  BOOST_TEST(waiting.expire(1h).empty());
}

BOOST_AUTO_TEST_CASE(renumbered_ones_keep_their_name_and_their_time) {
  presence_set set{{"node", 1, 0, 0}};
  for (const auto* key : {"ann", "bob", "eve"})
    set.join("t", stored_entry::make(key, "{}", 42));
  lingering waiting;
  waiting.add("t", "bob", 2, 2s);
  waiting.add("t", "eve", 3, 3s);
  set.leave("t", "ann", 42); // So that the seqs shift.
  changes rewritten;
  set.reincarnate({"node", 2, 0, 0}, rewritten);
  waiting.renumber(rewritten);
  BOOST_TEST(waiting.size() == 2u);
  const auto ended = waiting.expire(2s);
  BOOST_TEST_REQUIRE(ended.size() == 1u);
  BOOST_TEST_REQUIRE(set.find_own(ended.front()) != nullptr);
  BOOST_TEST(set.find_own(ended.front())->key() == "bob");
  const auto taken = waiting.take("t", "eve");
  BOOST_TEST_REQUIRE(taken.has_value());
  BOOST_TEST(set.find_own(*taken)->key() == "eve");
}

BOOST_AUTO_TEST_CASE(a_presence_without_owner_has_none_in_a_later_life_either) {
  presence_set set{{"node", 1, 0, 0}};
  set.join("t", stored_entry::make("ann", "{}", 42));
  set.join("t", stored_entry::make("bob", "{}", 43));
  set.disown(*set.find("t", "ann", 42));
  changes rewritten;
  set.reincarnate({"node", 2, 0, 0}, rewritten);
  BOOST_TEST(!set.has_owner(42));
  BOOST_TEST(set.has_owner(43));
  BOOST_TEST(set.owner_count() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
