#include "messages/type_ids.hpp"

// An application that has ids of its own at ours moves them.
static_assert(ROLLCALL_TYPE_ID_OFFSET == 300);
static_assert(caf::id_block::rollcall::begin == 300);
static_assert(caf::id_block::rollcall::end > 300);
