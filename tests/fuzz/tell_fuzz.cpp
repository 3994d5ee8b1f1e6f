// Feeds bytes to the reader of what `tell` carries: they are a message of the
// types on its list, or an error, and a message is written and read back as the
// same bytes.
#include "rollcall/error.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/support/told_types.hpp"

using namespace rollcall;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  // Never ended: CAF's own statics are gone before an actor system would be.
  static auto& one = *new test::told_types_codec{4096};
  const auto message = one.codec.decode(fuzz::as_text(data, size));
  if (!message) {
    require(message.error() == ec::unknown_type
            || message.error() == ec::too_large);
    return 0;
  }
  require(!message->empty());
  const auto bytes = one.codec.encode(*message);
  require(bytes.engaged());
  const auto again = one.codec.decode(*bytes);
  require(again.engaged());
  require(*one.codec.encode(*again) == *bytes);
  return 0;
}
