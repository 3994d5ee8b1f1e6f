#pragma once

#include "crdt/shard/shard_core.hpp"
#include "rollcall/session_policy.hpp"
#include "tests/sim/own_presences.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rollcall::sim {

/// Watches that a shard keeps to its session policies: which logins it must
/// refuse, which sessions must end, and that each ends for one that counts more
/// and whose login stays what it was. Throws `std::logic_error` if it is not
/// so.
class session_witness {
public:
  session_witness(const std::vector<single_session_rule>& rules,
                  crdt::shard_core& core, own_presences& own);

  /// Whether a login must be refused, since the key has a session that does not
  /// linger, as far as this node knows.
  [[nodiscard]] bool is_refused(const std::string& topic,
                                const std::string& key) const;

  /// How many own sessions a login ends.
  [[nodiscard]] std::size_t making_room(const std::string& topic,
                                        const std::string& key) const;

  /// A login was taken: it counts more than all of the key that are shown.
  void check_login(const std::string& topic, const crdt::entry& own) const;

  /// Takes what ended for other sessions out of what the owners have.
  /// @returns the owners that are told.
  const std::vector<crdt::replaced_session>&
  take(const crdt::shard_effects& done);

  /// No own session goes on beside one that counts more.
  void check_topic(const std::string& topic, const snapshot& all) const;

private:
  [[nodiscard]] std::optional<session_policy>
  policy_of(const std::string& topic) const;
  void check_end(const crdt::change& change) const;
  void check_own(const crdt::entry& own, session_policy policy,
                 const snapshot& all) const;

  const std::vector<single_session_rule>& rules_;
  crdt::shard_core& core_;
  own_presences& own_;
};

} // namespace rollcall::sim
