#pragma once

#include "messages/replication.hpp"

#include <caf/atom.hpp>
#include <caf/type_id.hpp>

#include <cstdint>
#include <string>

CAF_BEGIN_TYPE_ID_BLOCK(rollcall, caf::first_custom_type_id)

  CAF_ADD_TYPE_ID(rollcall, (rollcall::wire_frame))
  CAF_ADD_TYPE_ID(rollcall, (rollcall::told_event))

  // At most ten characters: CAF 0.17 packs an atom into 64 bits.
  CAF_ADD_ATOM(rollcall, rollcall::atom, beat, "beat")
  CAF_ADD_ATOM(rollcall, rollcall::atom, flush, "flush")
  CAF_ADD_ATOM(rollcall, rollcall::atom, leave, "leave")
  CAF_ADD_ATOM(rollcall, rollcall::atom, linger, "linger")
  CAF_ADD_ATOM(rollcall, rollcall::atom, listening, "listening")
  CAF_ADD_ATOM(rollcall, rollcall::atom, stop, "stop")
  CAF_ADD_ATOM(rollcall, rollcall::atom, wake, "wake")
  CAF_ADD_ATOM(rollcall, rollcall::atom, window, "window")
  CAF_ADD_ATOM(rollcall, rollcall::atom, written, "written")

CAF_END_TYPE_ID_BLOCK(rollcall)
