// The guard in front of CAF's distribution layer, fed with what the fuzz target
// has found worth keeping: a peer's bytes never find it in a state from which
// it goes on after a lack of memory; the link ends.
#include "actors/cluster/basp_guard.hpp"
#include "tests/allocation/survive.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

using namespace rollcall;

namespace {

std::vector<std::byte> content_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  const auto bytes = std::as_bytes(std::span{text});
  return {bytes.begin(), bytes.end()};
}

node_key key_of(char filling) {
  node_key result;
  result.fill(static_cast<std::byte>(filling));
  return result;
}

struct nothing {};

/// Half of it, and then the rest: what is kept back for judgement is kept in
/// memory, too.
void filter(const std::vector<std::byte>& bytes) {
  const basp_ends ends{key_of('S'), key_of('P'), 7};
  basp_guard guard{(bytes.front() & std::byte{1}) == std::byte{}
                       ? link_side::accepted
                       : link_side::dialed,
                   ends,
                   {4096, 256}};
  std::vector<std::byte> clean;
  const auto all = std::span{bytes}.subspan(1);
  for (const auto part :
       {all.first(all.size() / 2), all.subspan(all.size() / 2)})
    if (guard.filter(part, clean) != frame_verdict::good)
      return;
}

} // namespace

BOOST_AUTO_TEST_SUITE(guard_allocation_tests)

BOOST_AUTO_TEST_CASE(frames_that_cannot_be_judged_for_lack_of_memory) {
  std::size_t files = 0;
  for (const auto& file :
       std::filesystem::directory_iterator{ROLLCALL_GUARD_CORPUS}) {
    const auto bytes = content_of(file);
    if (bytes.size() < 100)
      continue;
    ++files;
    test::survive<nothing>([&](nothing&) { filter(bytes); });
  }
  BOOST_TEST(files > 3u);
}

BOOST_AUTO_TEST_SUITE_END()
