// Types of an embedder that throw, and names that come twice.
#include "tests/actors/one_node.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <stdexcept>
#include <string>
#include <utility>

using namespace std::literals;
using namespace rollcall;
using rollcall::test::one_node;

namespace {

/// Throws whenever it is inspected: words, or a number.
struct thrower {
  bool has_words = true;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector&, thrower& x) {
    if (x.has_words)
      throw std::runtime_error{"boom"};
    throw 7;
  }
};

struct twins {
  int first = 1;
  int second = 2;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, twins& x) {
    return f(member_name{"a"}, x.first, member_name{"a"}, x.second);
  }
};

using numbers = std::map<std::string, double>;

template <class Answer>
std::string problem(const Answer& answer) {
  return answer ? "none" : describe(answer.error());
}

double number_of(std::string_view text) {
  return from_meta<numbers>("{\"a\":" + std::string{text} + '}')->at("a");
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(meta_mistakes_tests, one_node)

BOOST_AUTO_TEST_CASE(a_struct_that_throws_is_an_invalid_meta_with_its_words) {
  const auto ann = owner();
  const auto words = "invalid_meta: the type of the meta threw: boom"s;
  BOOST_TEST(problem(who.track(ann, "t", "k", thrower{})) == words);
  BOOST_TEST(problem(who.track(ann, "t", "k", thrower{false}))
             == "invalid_meta: the type of the meta threw");
  BOOST_TEST(who.count("t").keys == 0u);
  who.track(ann, "t", "k", R"({"a":1})");
  BOOST_TEST(problem(who.update(ann, "t", "k", thrower{})) == words);
  BOOST_TEST(problem(who.patch(ann, "t", "k", thrower{})) == words);
  BOOST_TEST(problem(who.update(ann, "t", "k", [](thrower&) {})) == words);
  BOOST_TEST(problem(to_meta(thrower{})) == words);
  BOOST_TEST(problem(from_meta<thrower>("{}")) == words);
  BOOST_TEST(problem(who.get_by_key("t", "k").at(0)->as<thrower>()) == words);
  BOOST_TEST(who.get_by_key("t", "k").at(0)->meta() == R"({"a":1})");
}

BOOST_AUTO_TEST_CASE(a_name_that_comes_twice_is_no_meta_and_is_named) {
  const auto sentence = "invalid_meta: member 'a' is there twice"s;
  BOOST_TEST(problem(to_meta(twins{})) == sentence);
  BOOST_TEST(problem(to_meta(
                 std::multimap<std::string, int>{{"a", 1}, {"b", 1}, {"a", 2}}))
             == sentence);
  BOOST_TEST(problem(to_meta(std::map<std::string, twins>{{"x", {}}}))
             == "invalid_meta: member 'x.a' is there twice");
  BOOST_TEST(problem(who.track(owner(), "t", "k", twins{})) == sentence);
  // Those of another object are other names.
  using inner = std::map<std::string, std::map<std::string, int>>;
  BOOST_TEST(*to_meta(inner{{"a", {{"a", 1}, {"b", 2}}}, {"b", {{"a", 3}}}})
             == R"({"a":{"a":1,"b":2},"b":{"a":3}})");
}

BOOST_AUTO_TEST_CASE(of_two_members_of_one_name_the_last_one_counts) {
  using values = std::map<std::string, int>;
  const auto read
      = *from_meta<values>(R"({"a":1,"b":2,"\u0061":3,"c":4,"a":5})");
  BOOST_TEST((read == values{{"a", 5}, {"b", 2}, {"c", 4}}));
}

BOOST_AUTO_TEST_CASE(a_number_too_small_for_its_type_is_zero) {
  for (const auto* small : {"1e-999", "-1e-999", "0.1E-400", "1e-99999999"})
    BOOST_TEST(number_of(small) == 0.0, small);
  BOOST_TEST(number_of("0." + std::string(400, '0') + "1e-1") == 0.0);
  BOOST_TEST(number_of("1" + std::string(400, '0') + "e-400") == 1.0);
  BOOST_TEST(number_of("5e-324") > 0.0);
  using floats = std::map<std::string, float>;
  BOOST_TEST(from_meta<floats>(R"({"a":1e-50})")->at("a") == 0.0f);
  for (const auto* large : {"1e999", "1e99999999", "12e308"})
    BOOST_TEST(problem(from_meta<numbers>("{\"a\":"s + large + '}'))
                   .ends_with("allowed: a number, at most 1.8e+308"),
               large);
  BOOST_TEST(!from_meta<numbers>("{\"a\":1" + std::string(400, '0') + "e-5}"));
}

BOOST_AUTO_TEST_SUITE_END()
