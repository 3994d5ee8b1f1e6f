#pragma once

#include "app/node/settings_table.hpp"

#include <vector>

namespace rollcall::node {

/// The settings of links and peers, added to the table.
void add_cluster(std::vector<setting>& table);
void add_cluster_times(std::vector<setting>& table);
void add_replication(std::vector<setting>& table);

} // namespace rollcall::node
