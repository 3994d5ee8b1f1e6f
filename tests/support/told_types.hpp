#pragma once

#include "actors/cluster/tell_codec.hpp"
#include "messages/type_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/message.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// What an application could have `tell` carry, and its codec.
namespace rollcall::test {

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

} // namespace rollcall::test

CAF_BEGIN_TYPE_ID_BLOCK(told_types, caf::first_custom_type_id + 500)

  CAF_ADD_TYPE_ID(told_types, (rollcall::test::note))
  CAF_ADD_TYPE_ID(told_types, (rollcall::test::blob))
  CAF_ADD_TYPE_ID(told_types, (rollcall::test::letter))

CAF_END_TYPE_ID_BLOCK(told_types)

namespace rollcall::test {

inline void add_told_types(caf::actor_system_config& settings) {
  settings.add_message_types<caf::id_block::told_types>();
}

/// A codec that takes these types, and its actor system.
struct told_types_codec {
  struct system_settings : caf::actor_system_config {
    system_settings() {
      add_message_types<caf::id_block::rollcall>();
      add_told_types(*this);
      set("scheduler.max-threads", std::size_t{1});
    }
  };

  explicit told_types_codec(std::size_t bytes_max)
      : codec{system,
              {"rollcall::test::note", "rollcall::test::blob",
               "rollcall::test::letter"},
              bytes_max} {
  }

  system_settings settings;
  caf::actor_system system{settings};
  tell_codec codec;
};

} // namespace rollcall::test
