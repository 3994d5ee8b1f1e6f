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

  /// Expects that the link of the attacker was closed, and nothing worse.
  void check_closed_for(link_reject reason) {
    BOOST_TEST(attacker.is_closed_by_peer());
    BOOST_TEST(rejected(reason) == 1u);
    BOOST_TEST(ours.is_well());
  }
};

} // namespace rollcall::test
