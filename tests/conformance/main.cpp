#include "tests/conformance/replay.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <vector>

namespace {

std::vector<std::filesystem::path> traces_in(const char* folder) {
  std::vector<std::filesystem::path> result;
  for (const auto& item : std::filesystem::directory_iterator{folder})
    if (item.path().extension() == ".jsonl")
      result.push_back(item.path());
  std::sort(result.begin(), result.end());
  return result;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2 || !std::filesystem::is_directory(argv[1])) {
    std::fputs("usage: conformance DIR   runs every *.jsonl in DIR\n", stderr);
    return 2;
  }
  int passed = 0;
  int failed = 0;
  for (const auto& trace : traces_in(argv[1])) {
    if (const auto problem = rollcall::conformance::replay(trace)) {
      ++failed;
      std::printf("%s: %s\n", trace.filename().c_str(), problem->c_str());
    } else {
      ++passed;
    }
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
