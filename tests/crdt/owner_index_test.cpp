#include "crdt/owner_index.hpp"
#include "tests/crdt/kept_drafts.hpp"
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>
#include <vector>

using rollcall::crdt::owner_index;
using rollcall::crdt::stored_entry;
using rollcall::crdt::test::kept_drafts;

namespace {

struct one_owner_index : kept_drafts {
  [[nodiscard]] std::set<const stored_entry*> of(std::uint64_t owner) const {
    std::set<const stored_entry*> result;
    for (const auto* it = index.first(owner); it != nullptr;
         it = owner_index::next(*it))
      result.insert(it);
    return result;
  }

  owner_index index;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(owner_index_tests, one_owner_index)

BOOST_AUTO_TEST_CASE(an_owner_has_what_it_got_and_nobody_elses) {
  auto& first = presence(1);
  auto& second = presence(1);
  auto& other = presence(2);
  for (auto* each : {&first, &second, &other})
    index.insert(*each);
  BOOST_TEST((of(1) == std::set<const stored_entry*>{&first, &second}));
  BOOST_TEST((of(2) == std::set<const stored_entry*>{&other}));
  BOOST_TEST(of(3).empty());
}

BOOST_AUTO_TEST_CASE(an_owner_without_presences_is_gone) {
  auto& only = presence(1);
  index.insert(only);
  BOOST_TEST(index.size() == 1u);
  index.erase(only);
  BOOST_TEST(index.size() == 0u);
  BOOST_TEST(index.first(1) == nullptr);
}

BOOST_AUTO_TEST_CASE(any_of_an_owners_presences_may_go_first) {
  for (const std::size_t gone : {0u, 1u, 2u}) {
    std::vector<stored_entry*> all{&presence(9), &presence(9), &presence(9)};
    for (auto* each : all)
      index.insert(*each);
    index.erase(*all[gone]);
    BOOST_TEST(of(9).size() == 2u);
    BOOST_TEST(!of(9).contains(all[gone]));
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(gone));
    for (auto* each : all)
      index.erase(*each);
    BOOST_TEST(of(9).empty());
  }
}

BOOST_AUTO_TEST_CASE(an_index_acts_like_a_map_of_sets) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << rollcall::test::seed()) {
    rollcall::test::random_source random{rollcall::test::seed()};
    std::map<std::uint64_t, std::set<const stored_entry*>> model;
    std::vector<stored_entry*> alive;
    for (int i = 0; i < 20'000; ++i) {
      if (alive.empty() || random.chance(i % 5'000 < 2'500 ? 0.7 : 0.3)) {
        // Owners that differ in high bits only must not collide.
        const auto owner = random.between(0, 400) << random.below(3) * 20;
        alive.push_back(&presence(owner));
        index.insert(*alive.back());
        model[owner].insert(alive.back());
      } else {
        auto& gone = alive[random.below(alive.size())];
        index.erase(*gone);
        auto& left = model[gone->owner()];
        left.erase(gone);
        if (left.empty())
          model.erase(gone->owner());
        gone = alive.back();
        alive.pop_back();
      }
      BOOST_REQUIRE(index.size() == model.size());
      const auto asked = random.between(0, 400) << random.below(3) * 20;
      BOOST_REQUIRE(
          (of(asked)
           == (model.contains(asked) ? model.at(asked)
                                     : std::set<const stored_entry*>{})));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
