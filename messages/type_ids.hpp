#pragma once

#include "messages/replication.hpp"

#include <caf/atom.hpp>
#include <caf/type_id.hpp>

#include <cstdint>
#include <string>

/// The first of the CAF type ids that Rollcall takes, 256 at most. CAF gives
/// the ids from `caf::first_custom_type_id` (200) on to applications, so ours
/// begin near the end of the 16 bits. Move them with the CMake option of this
/// name: the library and all who include its headers must agree.
#ifndef ROLLCALL_TYPE_ID_OFFSET
#define ROLLCALL_TYPE_ID_OFFSET 60000
#endif

static_assert(ROLLCALL_TYPE_ID_OFFSET >= caf::first_custom_type_id
                  && ROLLCALL_TYPE_ID_OFFSET <= 65'000,
              "ROLLCALL_TYPE_ID_OFFSET must be from 200 to 65000");

CAF_BEGIN_TYPE_ID_BLOCK(rollcall, ROLLCALL_TYPE_ID_OFFSET)

  CAF_ADD_TYPE_ID(rollcall, (rollcall::wire_frame))
  CAF_ADD_TYPE_ID(rollcall, (rollcall::told_event))

  // At most ten characters: CAF 0.17 packs an atom into 64 bits.
  CAF_ADD_ATOM(rollcall, rollcall::atom, heartbeat, "heartbeat")
  CAF_ADD_ATOM(rollcall, rollcall::atom, leave, "leave")
  CAF_ADD_ATOM(rollcall, rollcall::atom, listening, "listening")
  CAF_ADD_ATOM(rollcall, rollcall::atom, report, "report")
  CAF_ADD_ATOM(rollcall, rollcall::atom, stop, "stop")
  CAF_ADD_ATOM(rollcall, rollcall::atom, wake, "wake")
  CAF_ADD_ATOM(rollcall, rollcall::atom, window, "window")
  CAF_ADD_ATOM(rollcall, rollcall::atom, written, "written")

CAF_END_TYPE_ID_BLOCK(rollcall)

static_assert(caf::id_block::rollcall::end - caf::id_block::rollcall::begin
                  <= 256,
              "Rollcall promises to take at most 256 type ids");
