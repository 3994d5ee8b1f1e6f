#pragma once

#include <caf/type_id.hpp>

#include <cstdint>
#include <string>

/// A game's own messages, with the ids that CAF's manual gives to applications.
namespace backend {

struct shot {
  std::string by;
  std::int32_t damage = 0;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, shot& x) {
  return f(x.by, x.damage);
}

struct score {
  std::int32_t points = 0;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, score& x) {
  return f(x.points);
}

} // namespace backend

CAF_BEGIN_TYPE_ID_BLOCK(backend, caf::first_custom_type_id)

  CAF_ADD_TYPE_ID(backend, (backend::shot))
  CAF_ADD_TYPE_ID(backend, (backend::score))
  CAF_ADD_ATOM(backend, backend, reload, "reload")

CAF_END_TYPE_ID_BLOCK(backend)
