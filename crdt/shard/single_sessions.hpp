#pragma once

#include "crdt/interval.hpp"
#include "crdt/lingering.hpp"
#include "crdt/login.hpp"
#include "crdt/presence_set.hpp"
#include "rollcall/session_policy.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace rollcall::crdt {

/// Whether of two presences of one key `a` stays and `b` ends. An order that
/// all nodes agree on, since a login never changes: by the moment of the login,
/// then by where it was. What has no login began before all others.
[[nodiscard]] bool outlasts(session_policy policy, const entry& a,
                            const entry& b) noexcept;

/// What a session policy says of a track.
struct session_verdict {
  bool is_refused = false;      ///< Another session has the key.
  const entry* older = nullptr; ///< The own session that ends by it.
  login when;                   ///< Of the new session.
};

/// Decides which session of a key stays in topics that allow one. It only
/// decides: a node ends its own presences and no others, so of two that rival
/// each other the loser is ended by its own node, once that shows the winner.
///
/// Why exactly one stays, whoever sees what first: the order is total, and a
/// presence that goes on never falls in it. A newcomer that takes the place of
/// one that lingers gets a later login with `newest`, and keeps the login with
/// `oldest`. So the first in the order has nobody who could end it.
///
/// Threads: as the set.
class single_sessions {
public:
  single_sessions(const presence_set& set, const lingering& waiting,
                  std::vector<single_session_rule> rules);

  /// Whether no topic has a policy.
  [[nodiscard]] bool is_idle() const noexcept {
    return rules_.empty();
  }

  /// The policy of a topic: that of the first pattern that fits.
  [[nodiscard]] std::optional<session_policy>
  policy_of(std::string_view topic) const noexcept;

  /// Decides on a track. @pre the owner does not have the key.
  [[nodiscard]] session_verdict decide(session_policy policy,
                                       std::string_view topic,
                                       std::string_view key,
                                       std::uint64_t wall_ms) const;

  /// The own presence that must end since this became visible, or null.
  [[nodiscard]] const entry* loser_to(const change& shown) const;

private:
  const presence_set& set_;
  const lingering& lingering_;
  const std::vector<single_session_rule> rules_;
};

} // namespace rollcall::crdt
