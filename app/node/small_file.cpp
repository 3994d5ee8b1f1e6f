#include "app/node/small_file.hpp"

#include <fstream>
#include <ios>

namespace rollcall::node {

std::optional<std::string> read_small_file(const std::string& path,
                                           std::size_t bytes_max) {
  std::ifstream in{path, std::ios::binary};
  std::string result(bytes_max + 1, '\0');
  // Sets a flag where an iterator over the buffer would throw.
  in.read(result.data(), static_cast<std::streamsize>(result.size()));
  const auto count = static_cast<std::size_t>(in.gcount());
  if (in.bad() || !in.eof() || count > bytes_max)
    return std::nullopt;
  result.resize(count);
  return result;
}

} // namespace rollcall::node
