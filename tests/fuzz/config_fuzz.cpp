// Feeds text to the reader of configuration files: it is taken, or refused with
// a sentence.
#include "app/node/config_file.hpp"
#include "tests/fuzz/require.hpp"

#include <sstream>
#include <string>

using namespace rollcall;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::istringstream file{std::string{fuzz::as_text(data, size)}};
  node::node_config config;
  const auto wrong = config.load({}, file);
  require(!wrong || !wrong->empty());
  return 0;
}
