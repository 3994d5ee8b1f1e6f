#pragma once

#include "app/node/settings_table.hpp"

#include <vector>

namespace rollcall::node {

/// The setting that allows a key one session in some topics, added to the
/// table.
void add_sessions(std::vector<setting>& table);

} // namespace rollcall::node
