#pragma once

#include "app/node/settings_table.hpp"

#include <vector>

/// Parts of the table of settings that stand in files of their own.
namespace rollcall::node {

/// The setting that allows a key one session in some topics.
[[nodiscard]] std::vector<setting> session_entries();

/// What bounds what clients make the node hold and do.
[[nodiscard]] std::vector<setting> unsent_entries();
[[nodiscard]] std::vector<setting> client_rate_entries();
[[nodiscard]] std::vector<setting> address_entries();

/// Links and peers.
[[nodiscard]] std::vector<setting> cluster_entries();
[[nodiscard]] std::vector<setting> cluster_time_entries();
[[nodiscard]] std::vector<setting> replication_entries();

} // namespace rollcall::node
