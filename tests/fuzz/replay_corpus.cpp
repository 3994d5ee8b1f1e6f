// Runs a fuzz target over every file of a folder and over random changes of
// each, so that the target is tested where libFuzzer is not.
//
// usage: <target> FOLDER
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

namespace {

constexpr int changes_per_file = 3'000;

void run(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                         bytes.size());
}

void change(std::string& bytes, rollcall::test::random_source& random) {
  const auto at = random.below(bytes.size());
  switch (random.below(4)) {
  case 0:
    bytes.erase(at, random.between(1, 4));
    break;
  case 1:
    bytes.insert(at, 1, static_cast<char>(random.below(256)));
    break;
  case 2:
    bytes[at] = static_cast<char>(bytes[at] ^ 1 << random.below(8));
    break;
  default:
    bytes[at] = static_cast<char>(random.below(256));
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  std::printf("ROLLCALL_TEST_SEED=%llu\n",
              static_cast<unsigned long long>(rollcall::test::seed()));
  std::fflush(stdout);
  rollcall::test::random_source random{rollcall::test::seed()};
  int files = 0;
  for (const auto& item : std::filesystem::directory_iterator{argv[1]}) {
    std::ifstream in{item.path(), std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    ++files;
    run(bytes);
    auto changed = bytes;
    for (int i = 0; i < changes_per_file; ++i) {
      if (changed.empty() || random.chance(0.1))
        changed = bytes;
      if (!changed.empty())
        change(changed, random);
      run(changed);
    }
  }
  std::printf("%d files\n", files);
  return files > 0 ? 0 : 1;
}
