#include "crdt/dot.hpp"
#include "tests/support/phx_ref.hpp"
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <set>
#include <string>

using namespace rollcall;
using namespace rollcall::crdt;
using rollcall::test::parse_phx_ref;

namespace {

std::string phx_ref(dot which) {
  std::string result;
  append_phx_ref(result, which);
  return result;
}

constexpr auto largest = std::numeric_limits<std::uint64_t>::max();

} // namespace

BOOST_AUTO_TEST_SUITE(dot_tests)

BOOST_AUTO_TEST_CASE(a_ref_reads_back_as_its_dot) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << rollcall::test::seed()) {
    rollcall::test::random_source random{rollcall::test::seed()};
    for (int i = 0; i < 10'000; ++i) {
      const dot which{{random.between(1, largest - 1)},
                      random.between(1, largest - 1) >> random.below(64) | 1};
      BOOST_TEST((parse_phx_ref(phx_ref(which)) == which));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_ref_of_the_extremes_reads_back) {
  for (const dot which :
       {dot{{1}, 1}, dot{{largest}, largest}, dot{{1}, largest},
        dot{{largest}, 63}, dot{{largest}, 64}})
    BOOST_TEST((parse_phx_ref(phx_ref(which)) == which));
}

BOOST_AUTO_TEST_CASE(refs_of_different_dots_differ) {
  std::set<std::string> refs;
  for (std::uint64_t replica = 1; replica <= 64; ++replica)
    for (std::uint64_t seq = 1; seq <= 300; ++seq)
      refs.insert(phx_ref({{replica}, seq}));
  BOOST_TEST(refs.size() == 64u * 300u);
}

BOOST_AUTO_TEST_CASE(a_ref_is_url_safe_and_at_most_22_characters) {
  const auto ref = phx_ref({{largest}, largest});
  BOOST_TEST(ref.size() == 22u);
  BOOST_TEST(ref.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq"
                                   "rstuvwxyz0123456789-_")
             == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_no_ref_reads_as_no_dot) {
  for (const char* text :
       {"", "A", "AAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAA+B",
        "AAAAAAAAAAA/", "zzzzzzzzzzzB", "AAAAAAAAAABzzzzzzzzzzz"})
    BOOST_TEST(parse_phx_ref(text).seq == 0u);
}

BOOST_AUTO_TEST_CASE(each_field_of_a_replica_changes_its_tag) {
  const replica_id base{"node", 1, 2, 3};
  const std::set<replica_tag> tags{tag_of(base),
                                   tag_of({"nodf", 1, 2, 3}),
                                   tag_of({"node", 2, 2, 3}),
                                   tag_of({"node", 1, 3, 3}),
                                   tag_of({"node", 1, 2, 4}),
                                   tag_of({"node", 1, 3, 2})};
  BOOST_TEST(tags.size() == 6u);
}

BOOST_AUTO_TEST_CASE(a_tag_is_the_same_on_every_machine_and_in_every_version) {
  BOOST_TEST(tag_of({"a", 1, 0, 0}).value == tag_of({"a", 1, 0, 0}).value);
  BOOST_TEST(tag_of({"a", 1, 0, 0}).value == 2815713105939591804ull);
}

BOOST_AUTO_TEST_SUITE_END()
