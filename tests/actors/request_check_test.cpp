#include "actors/request_check.hpp"
#include "rollcall/error.hpp"
#include "rollcall/limits.hpp"
#include "tests/support/seed.hpp"
#include "text/flat_object.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>

using namespace rollcall;

namespace {

ec meta_code(std::string_view meta, std::size_t bytes_max = 4096) {
  return code_of(check_meta(meta, bytes_max));
}

} // namespace

BOOST_AUTO_TEST_SUITE(request_check_tests)

BOOST_AUTO_TEST_CASE(a_meta_must_be_one_json_object) {
  for (const auto* good :
       {"{}", "{ }", R"({"a":[1,2,{"b":null}],"c":"x"})", " {\"a\":1.5e3} "})
    BOOST_TEST((meta_code(good) == ec::none), good);
  for (const auto* bad : {"", " ", "[]", "1", "null", "\"x\"", "{", "{}}",
                          "{}{}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "nope"})
    BOOST_TEST((meta_code(bad) == ec::invalid_meta), bad);
}

BOOST_AUTO_TEST_CASE(a_meta_with_two_members_of_one_name_is_invalid) {
  for (const auto* bad : {R"({"a":1,"a":2})", R"({"a":1,"b":{"c":1,"c":1}})",
                          R"({"a":1,"\u0061":2})", R"({"x":[{"y":1,"y":2}]})"})
    BOOST_TEST((meta_code(bad) == ec::invalid_meta), bad);
  for (const auto* good :
       {R"({"a":{"b":1},"b":{"a":1}})", R"({"x":[{"y":1},{"y":2}]})"})
    BOOST_TEST((meta_code(good) == ec::none), good);
}

BOOST_AUTO_TEST_CASE(a_meta_cannot_bring_the_references_that_rollcall_adds) {
  for (const auto* bad :
       {R"({"phx_ref":"evil"})", R"({"a":1,"phx_ref_prev":null})",
        R"({"phx\u005fref":1})"})
    BOOST_TEST((meta_code(bad) == ec::invalid_meta), bad);
  for (const auto* good : {R"({"a":{"phx_ref":"deep"}})",
                           R"({"phx_ref_of_another_name":1})", R"({"phx":1})"})
    BOOST_TEST((meta_code(good) == ec::none), good);
}

// Goal: the short cut for common metas takes nothing that the parser refuses.
// Method: flat objects in which a few bytes were replaced at random.
BOOST_AUTO_TEST_CASE(what_looks_like_a_flat_object_is_json) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << test::seed()) {
    const std::string good
        = R"({"name":"ann", "age": 42,"is_here":true,"x":null ,"y":-7,"z":0})";
    const std::string others = "{}[]\",:\\ 0129-+.eE tfn\x7f\xc3\n";
    std::mt19937_64 random{test::seed()};
    std::size_t taken = 0;
    for (int i = 0; i < 20'000; ++i) {
      auto text = good;
      for (auto changes = random() % 4; changes != 0; --changes)
        text[random() % text.size()] = others[random() % others.size()];
      if (!flat_object{}.read(text))
        continue;
      ++taken;
      BOOST_TEST(is_json(text, 1), text);
    }
    BOOST_TEST(taken > 1000u);
  }
}

BOOST_AUTO_TEST_CASE(a_flat_object_has_names_in_order_and_few_of_them) {
  flat_object object;
  BOOST_TEST(object.read(R"({"b":1,"a":"x"})"));
  BOOST_TEST((object.names().size() == 2 && object.names()[0] == "b"
              && object.names()[1] == "a"));
  BOOST_TEST(object.read("{ }"));
  BOOST_TEST(object.names().empty());
  BOOST_TEST(
      object.read(R"({"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1})"));
  for (const auto* no :
       {R"({"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1})",
        R"({"a":01})", R"({"a":-})", R"({"a":1.5})", R"({"a":{}})",
        R"({"a":"\n"})", R"({"a":1)", R"({"a":1}})", R"({"a":1,})", "", "{"})
    BOOST_TEST(!object.read(no), no);
}

BOOST_AUTO_TEST_CASE(a_meta_that_is_not_utf8_is_invalid) {
  BOOST_TEST((meta_code("{\"a\":\"\xff\"}") == ec::invalid_meta));
}

BOOST_AUTO_TEST_CASE(a_meta_at_its_limit_passes_and_one_byte_more_does_not) {
  const auto meta = "{\"a\":\"" + std::string(20, 'x') + "\"}";
  BOOST_TEST((meta_code(meta, meta.size()) == ec::none));
  BOOST_TEST((meta_code(meta, meta.size() - 1) == ec::too_large));
}

BOOST_AUTO_TEST_CASE(a_meta_may_nest_to_the_limit_and_not_deeper) {
  const auto nested = [](std::size_t depth) {
    std::string result;
    for (std::size_t i = 1; i < depth; ++i)
      result += "{\"a\":";
    result += "{}";
    return result + std::string(depth - 1, '}');
  };
  BOOST_TEST((meta_code(nested(limits::meta_depth_max)) == ec::none));
  BOOST_TEST(
      (meta_code(nested(limits::meta_depth_max + 1)) == ec::invalid_meta));
  BOOST_TEST((meta_code(nested(100'000), 10'000'000) == ec::invalid_meta));
}

BOOST_AUTO_TEST_CASE(names_are_1_to_255_bytes_of_utf8) {
  BOOST_TEST((code_of(check_topic("room:caf\xc3\xa9")) == ec::none));
  BOOST_TEST((code_of(check_topic(std::string(255, 'x'))) == ec::none));
  for (const std::string& bad :
       {std::string{}, std::string(256, 'x'), std::string{"a\0b", 3},
        std::string{"\xff"}, std::string{"\xc3"}, std::string{"\xc0\xaf"},
        std::string{"\xed\xa0\x80"}, std::string{"\xf5\x80\x80\x80"}}) {
    BOOST_TEST((code_of(check_topic(bad)) == ec::invalid_topic));
    BOOST_TEST((code_of(check_key(bad)) == ec::invalid_key));
  }
}

BOOST_AUTO_TEST_CASE(a_refusal_says_what_was_wrong_and_what_is_allowed) {
  BOOST_TEST(describe(check_key(std::string(300, 'x')))
             == "invalid_key: the key has 300 bytes; allowed: 1 to 255");
  BOOST_TEST(describe(check_meta("{\"a\":\"12345\"}", 8))
             == "too_large: the meta has 13 bytes; allowed: 8");
}

BOOST_AUTO_TEST_SUITE_END()
