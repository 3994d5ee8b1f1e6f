#pragma once

#include "app/node/settings_table.hpp"

#include <vector>

namespace rollcall::node {

/// The settings that bound what clients make the node hold and do, added to the
/// table.
void add_client_limits(std::vector<setting>& table);

} // namespace rollcall::node
