#include "text/merge_patch.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace rollcall;

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
