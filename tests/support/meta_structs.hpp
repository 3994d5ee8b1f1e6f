#pragma once

#include <rollcall/meta.hpp>

#include <caf/meta/omittable.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

/// Structs that are metas, as embedders would write them.
namespace rollcall::test {

enum class rank : std::uint8_t { recruit, captain };

/// An enum whose values have names.
enum class team { red, blue };

inline std::string to_string(team value) {
  return value == team::red ? "red" : "blue";
}

inline bool from_string(std::string_view text, team& value) {
  value = text == "red" ? team::red : team::blue;
  return text == "red" || text == "blue";
}

struct item {
  std::string name;
  std::int16_t power = 0;

  bool operator==(const item&) const = default;
};
ROLLCALL_META(item, name, power)

/// The plain case.
struct player {
  std::string name;
  int rating = 0;

  bool operator==(const player&) const = default;
};
ROLLCALL_META(player, name, rating)

/// Everything that a meta may hold.
struct everything {
  bool flag = false;
  std::int8_t small = 0;
  std::int64_t low = 0;
  std::uint64_t high = 0;
  float ratio = 0;
  double exact = 0;
  std::string text;
  rank number = rank::recruit;
  team name = team::red;
  std::chrono::milliseconds since{0};
  std::optional<std::string> note;
  std::optional<item> tool;
  item weapon;
  std::vector<item> items;
  std::vector<bool> bits;
  std::set<std::string> tags;
  std::map<std::string, std::vector<double>> scores;
  std::unordered_map<std::string, int> counts;
  std::array<float, 3> place{};
  std::pair<int, std::string> both;
  std::tuple<> nothing;
  std::vector<std::optional<int>> gaps;

  bool operator==(const everything&) const = default;
};
ROLLCALL_META(everything, flag, small, low, high, ratio, exact, text, number,
              name, since, note, tool, weapon, items, bits, tags, scores,
              counts, place, both, nothing, gaps)

/// One whose `inspect` is for CAF alone.
struct unnamed {
  int first = 0;
  std::string second;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, unnamed& x) {
  return f(caf::meta::type_name("unnamed"), x.first, x.second);
}

/// One whose `inspect` is for CAF and names some of its members.
struct half_named {
  int first = 0;
  int second = 7;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, half_named& x) {
  return f(x.first, member_name{"second"}, caf::meta::omittable(), x.second);
}

/// One that nests as deep as one wants.
struct tree {
  std::vector<tree> children;
};
ROLLCALL_META(tree, children)

} // namespace rollcall::test
