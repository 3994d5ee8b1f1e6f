// Feeds bytes to the reader of what `tell` carries: they are a message of the
// types on its list, or an error, and a message is written and read back as the
// same bytes.
#include "actors/cluster/tell_codec.hpp"
#include "messages/type_ids.hpp"
#include "rollcall/error.hpp"
#include "tests/fuzz/require.hpp"

#include <caf/actor_system_config.hpp>

#include <string>
#include <vector>

namespace rollcall::fuzz {

struct note {
  std::string text;
  std::vector<std::uint32_t> numbers;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, note& x) {
  return f(x.text, x.numbers);
}

struct blob {
  std::vector<char> bytes;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, blob& x) {
  return f(x.bytes);
}

struct letter {
  caf::message inside;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, letter& x) {
  return f(x.inside);
}

} // namespace rollcall::fuzz

CAF_BEGIN_TYPE_ID_BLOCK(tell_fuzz, caf::first_custom_type_id + 500)

  CAF_ADD_TYPE_ID(tell_fuzz, (rollcall::fuzz::note))
  CAF_ADD_TYPE_ID(tell_fuzz, (rollcall::fuzz::blob))
  CAF_ADD_TYPE_ID(tell_fuzz, (rollcall::fuzz::letter))

CAF_END_TYPE_ID_BLOCK(tell_fuzz)

namespace {

using namespace rollcall;
using fuzz::require;

struct one_codec {
  struct system_settings : caf::actor_system_config {
    system_settings() {
      add_message_types<caf::id_block::rollcall>();
      add_message_types<caf::id_block::tell_fuzz>();
      set("scheduler.max-threads", std::size_t{1});
    }
  };

  system_settings settings;
  caf::actor_system system{settings};
  tell_codec codec{system,
                   {"rollcall::fuzz::note", "rollcall::fuzz::blob",
                    "rollcall::fuzz::letter"},
                   4096};
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  // Never ended: CAF's own statics are gone before an actor system would be.
  static auto& one = *new one_codec;
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
