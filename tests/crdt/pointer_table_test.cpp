#include "crdt/pointer_table.hpp"
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <map>

using rollcall::crdt::pointer_table;

namespace {

struct item {
  std::uint64_t key;
};

/// Many collide: the table must stand it.
struct by_few_bits {
  std::uint64_t operator()(const item& which) const noexcept {
    return which.key & 31;
  }
};

struct one_table {
  [[nodiscard]] item* find(std::uint64_t key) const {
    return table.find(by_few_bits{}({key}), [&](const item& candidate) {
      return candidate.key == key;
    });
  }

  pointer_table<item, by_few_bits> table;
  std::deque<item> items;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(pointer_table_tests, one_table)

BOOST_AUTO_TEST_CASE(an_empty_table_finds_nothing) {
  BOOST_TEST(find(1) == nullptr);
  BOOST_TEST(table.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_replacement_takes_the_place_of_its_key) {
  item before{7};
  item after{7};
  table.insert(before);
  table.replace(before, after);
  BOOST_TEST(find(7) == &after);
  table.erase(after);
  BOOST_TEST(find(7) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_table_acts_like_a_map_while_it_grows_and_shrinks) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << rollcall::test::seed()) {
    rollcall::test::random_source random{rollcall::test::seed()};
    std::map<std::uint64_t, item*> model;
    for (int i = 0; i < 20'000; ++i) {
      const auto key = random.below(300);
      const auto found = model.find(key);
      BOOST_REQUIRE(find(key)
                    == (found == model.end() ? nullptr : found->second));
      const bool grows = i % 5'000 < 2'500;
      if (found == model.end() && random.chance(grows ? 0.8 : 0.2)) {
        auto& fresh = items.emplace_back(item{key});
        table.insert(fresh);
        model.emplace(key, &fresh);
      } else if (found != model.end() && random.chance(grows ? 0.2 : 0.8)) {
        table.erase(*found->second);
        model.erase(found);
      }
      BOOST_REQUIRE(table.size() == model.size());
    }
    std::size_t visits = 0;
    table.for_each([&](const item& each) {
      ++visits;
      BOOST_TEST(model.contains(each.key));
    });
    BOOST_TEST(visits == model.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()
