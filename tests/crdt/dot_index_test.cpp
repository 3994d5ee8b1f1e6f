#include "crdt/dot_index.hpp"
#include "tests/crdt/kept_drafts.hpp"
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <vector>

using rollcall::crdt::dot_index;
using rollcall::crdt::stored_entry;
using rollcall::crdt::test::kept_drafts;

namespace {

struct one_index : kept_drafts {
  [[nodiscard]] std::vector<std::uint64_t> seqs(std::uint64_t from,
                                                std::uint64_t to) const {
    std::vector<std::uint64_t> result;
    index.for_each(from, to, [&](std::uint64_t seq, stored_entry&) {
      result.push_back(seq);
      return true;
    });
    return result;
  }

  dot_index index;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(dot_index_tests, one_index)

BOOST_AUTO_TEST_CASE(what_was_put_in_is_found_until_it_is_taken_out) {
  auto& alice = presence();
  index.insert(7, alice);
  BOOST_TEST(index.find(7) == &alice);
  BOOST_TEST(index.erase(7) == &alice);
  BOOST_TEST(index.find(7) == nullptr);
  BOOST_TEST(index.erase(7) == nullptr);
  BOOST_TEST(index.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_range_excludes_its_start_and_includes_its_end) {
  for (const std::uint64_t seq : {1u, 2u, 63u, 64u, 65u, 128u, 1000u})
    index.insert(seq, presence());
  BOOST_TEST(seqs(2, 65) == (std::vector<std::uint64_t>{63, 64, 65}));
  BOOST_TEST(seqs(0, 1) == (std::vector<std::uint64_t>{1}));
  BOOST_TEST(seqs(128, 999).empty());
  BOOST_TEST(seqs(5, 5).empty());
  BOOST_TEST(seqs(0, ~std::uint64_t{0}).size() == 7u);
}

BOOST_AUTO_TEST_CASE(a_visit_stops_when_told) {
  for (std::uint64_t seq = 1; seq <= 100; ++seq)
    index.insert(seq, presence());
  int visits = 0;
  index.for_each(0, 100,
                 [&](std::uint64_t, stored_entry&) { return ++visits < 3; });
  BOOST_TEST(visits == 3);
}

// Method: random inserts and erases, mostly at the end as in real life, next
// to a `std::map`.
BOOST_AUTO_TEST_CASE(an_index_acts_like_an_ordered_map) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << rollcall::test::seed()) {
    rollcall::test::random_source random{rollcall::test::seed()};
    std::map<std::uint64_t, stored_entry*> model;
    std::uint64_t newest = 0;
    for (int i = 0; i < 20'000; ++i) {
      const auto seq = random.chance(0.5) ? (newest += random.between(1, 90))
                                          : random.between(1, newest + 1);
      newest = std::max(newest, seq);
      if (const auto found = model.find(seq); found != model.end()) {
        BOOST_REQUIRE(index.erase(seq) == found->second);
        model.erase(found);
      } else if (random.chance(0.55)) {
        auto& fresh = presence();
        index.insert(seq, fresh);
        model.emplace(seq, &fresh);
      }
      const auto asked = random.between(0, newest + 200);
      const auto wanted = model.find(asked);
      BOOST_REQUIRE(index.find(asked)
                    == (wanted == model.end() ? nullptr : wanted->second));
      BOOST_REQUIRE(index.size() == model.size());
    }
    std::vector<std::uint64_t> all;
    for (const auto& [seq, held] : model)
      all.push_back(seq);
    BOOST_TEST(seqs(0, newest) == all, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_SUITE_END()
