#pragma once

#include "tests/cluster/hostile_client.hpp"
#include "tests/cluster/link_fixture.hpp"

#include <cstdint>

namespace rollcall::test {

/// A node under attack by somebody who has a certificate.
struct attacked_node {
  node ours{tls_as("a")};
  hostile_client attacker{ours.port, tls_as("b")};

  std::uint64_t rejected(link_reject reason) {
    return ours.links->stats().rejected_for(reason);
  }
};

} // namespace rollcall::test
