#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace rollcall::test {

/// A page of the guide.
inline std::string text_of(const std::string& page) {
  std::ifstream file{ROLLCALL_SOURCE_DIR "/docs/guide/" + page + ".md"};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// What stands in a page of the guide between fences whose info string is
/// `info`, as "ini".
inline std::vector<std::string> fenced(const std::string& page,
                                       const std::string& info) {
  std::ifstream file{ROLLCALL_SOURCE_DIR "/docs/guide/" + page + ".md"};
  std::vector<std::string> result;
  bool is_inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "```" + info)
      result.emplace_back();
    else if (is_inside && line != "```")
      result.back() += line + '\n';
    is_inside = line == "```" + info || (is_inside && line != "```");
  }
  return result;
}

} // namespace rollcall::test
