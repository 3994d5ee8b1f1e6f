#pragma once

#include "actors/cluster/link_config.hpp"
#include "rollcall/cluster.hpp"

#include <string>

namespace rollcall {

/// How the links of a node are set. A name is checked against certificates only
/// with `check_node_name`.
[[nodiscard]] link_config links_of(const cluster_config& settings,
                                   const std::string& node_name = {});

} // namespace rollcall
