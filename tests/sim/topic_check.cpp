#include "tests/sim/topic_check.hpp"

#include "tests/sim/require.hpp"

#include <cstddef>
#include <map>
#include <string_view>

namespace rollcall::sim {

namespace {

/// Of a topic, each time; of a large one it is every few keys.
constexpr std::size_t keys_looked_up = 64;

} // namespace

void check_topic(const crdt::topic_node& topic, const snapshot& all) {
  std::map<std::string_view, std::size_t> keys;
  std::string_view last;
  for (const auto& presence : all) {
    require(last <= presence.key(), "a topic is out of order");
    last = presence.key();
    ++keys[last];
  }
  require(all.keys() == keys.size() && topic.keys() == keys.size(),
          "the keys of a topic are counted wrongly");
  const auto step = 1 + keys.size() / keys_looked_up;
  std::size_t position = 0;
  for (const auto& [key, count] : keys)
    if (position++ % step == 0)
      require(all.get(key).size() == count && topic.get(key).size() == count,
              "a key has other presences than those that are listed");
  require(all.get("").empty() && topic.get("~").empty(),
          "a key that nobody has has presences");
}

} // namespace rollcall::sim
