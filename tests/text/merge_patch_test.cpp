#include "tests/support/seed.hpp"
#include "text/merge_patch.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <utility>

using namespace rollcall;
using rollcall::test::seed;

namespace {

namespace json = boost::json;

/// The pseudo code of RFC 7396, section 2.
json::value reference(json::value target, const json::value& patch) {
  if (!patch.is_object())
    return patch;
  if (!target.is_object())
    target = json::object{};
  auto& members = target.get_object();
  for (const auto& [name, value] : patch.get_object()) {
    if (value.is_null()) {
      members.erase(name);
      continue;
    }
    const auto* const old = members.if_contains(name);
    auto merged = reference(old == nullptr ? json::value{} : *old, value);
    members.insert_or_assign(name, std::move(merged));
  }
  return target;
}

/// Few names, so that those of target and patch meet.
json::value any_value(std::mt19937_64& random, int depth) {
  static const char* const names[] = {"a", "b", "a\"", "\u00e4", "{", ""};
  const auto below = [&](std::uint64_t bound) { return random() % bound; };
  switch (below(depth == 0 ? 3 : 6)) {
  case 0:
    return nullptr;
  case 1:
    return static_cast<std::int64_t>(below(3));
  case 2:
    return names[below(std::size(names))];
  case 3: {
    json::array result;
    for (auto count = below(3); count > 0; --count)
      result.push_back(any_value(random, depth - 1));
    return result;
  }
  default: {
    json::object result;
    for (auto count = below(5); count > 0; --count)
      result.insert_or_assign(names[below(std::size(names))],
                              any_value(random, depth - 1));
    return result;
  }
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(merge_patch_tests)

BOOST_AUTO_TEST_CASE(every_case_of_the_rfc_has_its_result) {
  struct {
    const char* original;
    const char* patch;
    const char* result;
  } const table[] = {
      // RFC 7396, appendix A, without white space.
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b"})", R"({"a":null})", R"({})"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})",
       R"({"a":{"b":"d"}})"},
      {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
      {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
      {R"({"a":"foo"})", R"(null)", R"(null)"},
      {R"({"a":"foo"})", R"("bar")", R"("bar")"},
      {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
      {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
      {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
  };
  for (const auto& [original, patch, result] : table)
    BOOST_TEST(merge_patch(original, patch) == result);
}

BOOST_AUTO_TEST_CASE(the_example_of_the_rfc_has_its_result) {
  BOOST_TEST(
      merge_patch(R"({"title":"Goodbye!","author":{"givenName":"John",)"
                  R"("familyName":"Doe"},"tags":["example","sample"],)"
                  R"("content":"This will be unchanged"})",
                  R"({"title":"Hello!","phoneNumber":"+01-123-456-7890",)"
                  R"("author":{"familyName":null},"tags":["example"]})")
      == R"({"title":"Hello!","author":{"givenName":"John"},)"
         R"("tags":["example"],"content":"This will be unchanged",)"
         R"("phoneNumber":"+01-123-456-7890"})");
}

// Goal: the merge of texts is that of the RFC, whatever the values.
// Method: random values, merged here and by the pseudo code of the RFC.
BOOST_AUTO_TEST_CASE(random_patches_do_what_the_rfc_says) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << seed()) {
    std::mt19937_64 random{seed()};
    for (int i = 0; i < 20'000; ++i) {
      const auto target = any_value(random, 4);
      const auto patch = any_value(random, 4);
      const auto merged
          = merge_patch(json::serialize(target), json::serialize(patch));
      BOOST_TEST_CONTEXT(target << " by " << patch << ": " << merged)
      BOOST_TEST((json::parse(merged) == reference(target, patch)));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_the_patch_does_not_touch_keeps_its_bytes) {
  BOOST_TEST(
      merge_patch(R"({"n":18446744073709551615,"f":1.0e2,"s":"\u0041"})",
                  R"({"x":0.10})")
      == R"({"n":18446744073709551615,"f":1.0e2,"s":"\u0041","x":0.10})");
}

BOOST_AUTO_TEST_CASE(names_are_the_same_however_they_are_escaped) {
  BOOST_TEST(merge_patch(R"({"a":1,"b":2})", R"({"\u0061":3,"\u0062":null})")
             == R"({"a":3})");
}

BOOST_AUTO_TEST_CASE(white_space_in_a_patch_means_nothing) {
  BOOST_TEST(merge_patch(R"( { "a" : { "b" : 1 } } )",
                         "\n{ \"a\" :\t{ \"b\" : null , \"c\" : [ 1 ] } }\r\n")
             == R"({"a":{"c":[ 1 ]}})");
}

BOOST_AUTO_TEST_CASE(a_member_of_a_string_with_brackets_is_no_object) {
  BOOST_TEST(merge_patch(R"({"a":"{"})", R"({"a":{"b":"}"}})")
             == R"({"a":{"b":"}"}})");
}

BOOST_AUTO_TEST_CASE(names_that_only_begin_alike_differ) {
  BOOST_TEST(merge_patch(R"({"ab":1})", R"({"a":2,"abc":3})")
             == R"({"ab":1,"a":2,"abc":3})");
}

BOOST_AUTO_TEST_SUITE_END()
