// Structs as metas, without a runtime: what becomes of which value, and what
// does not fit.
#include "tests/support/meta_structs.hpp"
#include "tests/support/seed.hpp"
#include <rollcall/error.hpp>
#include <rollcall/limits.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/deep_to_string.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

using namespace std::literals;
using namespace rollcall;
using namespace rollcall::test;

namespace {

template <class T>
std::string problem_of(const caf::expected<T>& result) {
  return result ? "nothing" : describe(result.error());
}

/// What `from_meta` says of a text.
template <class T>
std::string refusal_of(std::string_view text) {
  return problem_of(from_meta<T>(text));
}

/// Makes values of every kind, the rare ones often.
class chance {
public:
  explicit chance(std::uint64_t seed) : random_{seed} {
  }

  std::uint64_t bits() {
    return random_();
  }

  std::size_t below(std::size_t bound) {
    return static_cast<std::size_t>(bits() % bound);
  }

  template <class Integer>
  Integer integer() {
    using limits = std::numeric_limits<Integer>;
    switch (below(4)) {
    case 0:
      return limits::min();
    case 1:
      return limits::max();
    default:
      return static_cast<Integer>(bits());
    }
  }

  /// Any number that there is.
  template <class Number, class Bits>
  Number number() {
    for (;;) {
      const auto raw = static_cast<Bits>(bits());
      Number result;
      static_assert(sizeof result == sizeof raw);
      std::memcpy(&result, &raw, sizeof raw);
      if (std::isfinite(result))
        return result;
    }
  }

  std::string text() {
    static const std::string pieces[]
        = {"",   "a",  "\"", "\\", "/",      "\n",         "\0"s,  "\x7f",
           "{}", "],", ":",  " ",  "\u00e4", "\U0001f600", "null", "\\u0041"};
    std::string result;
    for (auto count = below(6); count > 0; --count)
      result += pieces[below(std::size(pieces))];
    return result;
  }

  item any_item() {
    return {text(), integer<std::int16_t>()};
  }

private:
  std::mt19937_64 random_;
};

void fill_lists(everything& x, chance& random) {
  for (auto count = random.below(4); count > 0; --count) {
    x.items.push_back(random.any_item());
    x.bits.push_back(random.below(2) == 0);
    x.tags.insert(random.text());
    x.counts[random.text()] = random.integer<int>();
    auto& scores = x.scores[random.text()];
    while (random.below(3) != 0)
      scores.push_back(random.number<double, std::uint64_t>());
    x.gaps.push_back(random.below(2) == 0
                         ? std::nullopt
                         : std::optional{random.integer<int>()});
  }
}

everything any_everything(chance& random) {
  everything x;
  x.flag = random.below(2) == 0;
  x.small = random.integer<std::int8_t>();
  x.low = random.integer<std::int64_t>();
  x.high = random.integer<std::uint64_t>();
  x.ratio = random.number<float, std::uint32_t>();
  x.exact = random.number<double, std::uint64_t>();
  x.text = random.text();
  x.number = random.below(2) == 0 ? rank::recruit : rank::captain;
  x.name = random.below(2) == 0 ? team::red : team::blue;
  x.since = std::chrono::milliseconds{random.integer<std::int32_t>()};
  if (random.below(2) == 0)
    x.note = random.text();
  if (random.below(2) == 0)
    x.tool = random.any_item();
  x.weapon = random.any_item();
  fill_lists(x, random);
  for (auto& each : x.place)
    each = random.number<float, std::uint32_t>();
  x.both = {random.integer<int>(), random.text()};
  return x;
}

tree nested(std::size_t levels) {
  tree result;
  if (levels > 1)
    result.children.push_back(nested(levels - 1));
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(meta_tests)

BOOST_AUTO_TEST_CASE(a_struct_is_an_object_with_its_members_in_order) {
  BOOST_TEST(*to_meta(player{"ann", 7}) == R"({"name":"ann","rating":7})");
}

BOOST_AUTO_TEST_CASE(each_kind_of_value_is_what_the_table_says) {
  everything x;
  x.high = std::numeric_limits<std::uint64_t>::max();
  x.ratio = 0.1f;
  x.exact = 0.1;
  x.text = "say \"hi\"\n";
  x.number = rank::captain;
  x.name = team::blue;
  x.since = 250ms;
  x.tool = item{"rope", 1};
  x.items = {{"bow", 2}, {"axe", 3}};
  x.bits = {true, false};
  x.tags = {"b", "a"};
  x.scores = {{"run", {1.5, 2}}, {"jump", {}}};
  x.counts = {{"\"", 1}};
  x.both = {4, "four"};
  x.gaps = {1, std::nullopt};
  BOOST_TEST(
      *to_meta(x)
      == R"({"flag":false,"small":0,"low":0,"high":18446744073709551615,)"
         R"("ratio":0.1,"exact":0.1,"text":"say \"hi\"\n","number":1,)"
         R"("name":"blue","since":250,"tool":{"name":"rope","power":1},)"
         R"("weapon":{"name":"","power":0},"items":[{"name":"bow","power":2},)"
         R"({"name":"axe","power":3}],"bits":[true,false],"tags":["a","b"],)"
         R"("scores":{"jump":[],"run":[1.5,2]},"counts":{"\"":1},)"
         R"("place":[0,0,0],"both":[4,"four"],"nothing":[],"gaps":[1,null]})");
}

// Goal: what goes out comes back, to the last bit.
// Method: random structs, with rare values often, there and back.
BOOST_AUTO_TEST_CASE(random_structs_go_round) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << seed()) {
    chance random{seed()};
    for (int i = 0; i < 2'000; ++i) {
      const auto value = any_everything(random);
      const auto text = to_meta(value);
      BOOST_REQUIRE(text);
      BOOST_TEST_CONTEXT(*text) {
        const auto back = from_meta<everything>(*text);
        BOOST_TEST_REQUIRE(problem_of(back) == "nothing");
        BOOST_TEST((*back == value));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_map_from_strings_is_a_meta_as_well) {
  const std::map<std::string, int> scores{{"ann", 3}, {"bob", 4}};
  BOOST_TEST(*to_meta(scores) == R"({"ann":3,"bob":4})");
  BOOST_TEST((*from_meta<std::map<std::string, int>>(R"({"ann":3,"bob":4})")
              == scores));
}

BOOST_AUTO_TEST_CASE(members_without_names_go_by_their_place) {
  BOOST_TEST(*to_meta(unnamed{3, "x"}) == R"({"0":3,"1":"x"})");
  BOOST_TEST(from_meta<unnamed>(R"({"1":"y","0":4})")->second == "y");
  BOOST_TEST(*to_meta(half_named{1, 2}) == R"({"0":1,"second":2})");
}

BOOST_AUTO_TEST_CASE(names_mean_nothing_to_caf) {
  caf::actor_system_config config;
  caf::actor_system system{config};
  std::vector<char> bytes;
  caf::binary_serializer sink{system, bytes};
  BOOST_TEST(!sink(player{"ann", 7}));
  player back;
  caf::binary_deserializer source{system, bytes};
  BOOST_TEST(!source(back));
  BOOST_TEST((back == player{"ann", 7}));
  BOOST_TEST(caf::deep_to_string(back) == R"__(player("ann", 7))__");
}

BOOST_AUTO_TEST_CASE(members_may_come_in_any_order_and_others_among_them) {
  const auto ann = from_meta<player>(
      R"( { "rating" : 7, "x": {"name":"no"}, "n\u0061me":"ann" } )");
  BOOST_TEST_REQUIRE(problem_of(ann) == "nothing");
  BOOST_TEST((*ann == player{"ann", 7}));
}

BOOST_AUTO_TEST_CASE(what_may_be_missing_keeps_its_value) {
  BOOST_TEST(from_meta<half_named>(R"({"0":1})")->second == 7);
  BOOST_TEST(refusal_of<half_named>("{}")
             == "invalid_meta: member '0' is missing");
}

BOOST_AUTO_TEST_CASE(an_optional_may_be_missing_or_null) {
  everything x;
  const auto text = *to_meta(x);
  BOOST_TEST(text.find("note") == std::string::npos);
  const auto with_null = R"({"note":null,)" + text.substr(1);
  BOOST_TEST((*from_meta<everything>(with_null) == x));
}

BOOST_AUTO_TEST_CASE(an_integer_may_be_written_as_a_double) {
  BOOST_TEST(from_meta<player>(R"({"name":"","rating":3e2})")->rating == 300);
  BOOST_TEST(from_meta<player>(R"({"name":"","rating":-3.0})")->rating == -3);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
  BOOST_TEST(refusal_of<player>(R"({"name":"ann"})")
             == "invalid_meta: member 'rating' is missing");
  BOOST_TEST(refusal_of<player>(R"({"name":3,"rating":1})")
             == "invalid_meta: member 'name' is 3; allowed: a string");
  BOOST_TEST(
      refusal_of<player>(R"({"name":"","rating":"1"})")
      == "invalid_meta: member 'rating' is a string; allowed: an integer "
         "from -2147483648 to 2147483647");
  BOOST_TEST(refusal_of<item>(R"({"name":"","power":32768})")
             == "invalid_meta: member 'power' is 32768; allowed: an integer "
                "from -32768 to 32767");
  BOOST_TEST(refusal_of<item>(R"({"name":"","power":1.5})")
             == "invalid_meta: member 'power' is 1.5; allowed: an integer from "
                "-32768 to 32767");
  BOOST_TEST((refusal_of<std::map<std::string, team>>(R"({"a":"green"})"))
             == "invalid_meta: member 'a' is 'green', which names no value");
  BOOST_TEST((refusal_of<std::map<std::string, bool>>(R"({"a":null})"))
             == "invalid_meta: member 'a' is null; allowed: true or false");
  BOOST_TEST((refusal_of<std::map<std::string, double>>(R"({"a":1e999})"))
             == "invalid_meta: member 'a' is 1e999; allowed: a number, at most "
                "1.8e+308");
  BOOST_TEST(
      (refusal_of<std::map<std::string, std::array<int, 2>>>(R"({"a":[1]})"))
      == "invalid_meta: member 'a' has 1 elements; allowed: 2");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named_however_deep) {
  using deep = std::map<std::string, std::vector<std::vector<player>>>;
  BOOST_TEST(refusal_of<deep>(R"({"a":[[],[{"name":"","rating":true}]]})")
             == "invalid_meta: member 'a[1][0].rating' is a boolean; allowed: "
                "an integer from -2147483648 to 2147483647");
}

BOOST_AUTO_TEST_CASE(what_is_no_object_or_no_json_is_no_struct) {
  BOOST_TEST(refusal_of<player>("[]")
             == "invalid_meta: the meta is an array; allowed: an object");
  for (const std::string text : {"", "{", R"({"name":"ann","rating":7)",
                                 R"({"name":"ann","rating":07})", "{} {}"})
    BOOST_TEST(refusal_of<player>(text).starts_with(
        "invalid_meta: the meta is no JSON"));
}

BOOST_AUTO_TEST_CASE(what_json_cannot_say_is_named) {
  everything x;
  x.exact = std::numeric_limits<double>::quiet_NaN();
  BOOST_TEST(problem_of(to_meta(x))
             == "invalid_meta: member 'exact' is nan, for "
                "which JSON has no number");
  x = {};
  x.items = {{}, {"\xff", 0}};
  BOOST_TEST(problem_of(to_meta(x))
             == "invalid_meta: member 'items[1].name' is "
                "a string that is not UTF-8");
  x = {};
  x.place[2] = -std::numeric_limits<float>::infinity();
  BOOST_TEST(problem_of(to_meta(x))
             == "invalid_meta: member 'place[2]' is -inf, "
                "for which JSON has no number");
}

BOOST_AUTO_TEST_CASE(a_struct_may_nest_as_deep_as_a_meta_and_no_deeper) {
  // Each level is an object and an array.
  const auto deepest = to_meta(nested(limits::meta_depth_max / 2));
  BOOST_TEST_REQUIRE(problem_of(deepest) == "nothing");
  BOOST_TEST(problem_of(from_meta<tree>(*deepest)) == "nothing");
  BOOST_TEST(problem_of(to_meta(nested(limits::meta_depth_max / 2 + 1)))
                 .ends_with("is nested deeper than 32 levels"));
}

BOOST_AUTO_TEST_SUITE_END()
