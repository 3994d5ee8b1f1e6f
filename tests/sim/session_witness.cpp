#include "tests/sim/session_witness.hpp"

#include "crdt/stored_entry.hpp"
#include "tests/sim/require.hpp"
#include "text/pattern.hpp"

#include <algorithm>

namespace rollcall::sim {

namespace {

/// Whether of two presences of one key `a` stays, as documented: by the logins.
bool counts_more(session_policy policy, const crdt::entry& a,
                 const crdt::entry& b) {
  const auto first = crdt::stored_entry::of(a).began();
  const auto second = crdt::stored_entry::of(b).began();
  require(first && second, "a session has no login");
  return policy == session_policy::newest ? *first > *second : *first < *second;
}

} // namespace

session_witness::session_witness(const std::vector<single_session_rule>& rules,
                                 crdt::shard_core& core, own_presences& own)
    : rules_{rules},
      core_{core},
      own_{own} {
}

std::optional<session_policy>
session_witness::policy_of(const std::string& topic) const {
  for (const auto& rule : rules_)
    if (matches_pattern(rule.pattern, topic))
      return rule.policy;
  return std::nullopt;
}

bool session_witness::is_refused(const std::string& topic,
                                 const std::string& key) const {
  if (policy_of(topic) != session_policy::oldest)
    return false;
  const auto all = core_.list(topic).get(key);
  return own_.sessions(topic, key) != 0
         || std::any_of(all.begin(), all.end(), [this](const auto& presence) {
              return presence->dot().replica != core_.set().self_tag();
            });
}

std::size_t session_witness::making_room(const std::string& topic,
                                         const std::string& key) const {
  return policy_of(topic) == session_policy::newest ? own_.sessions(topic, key)
                                                    : 0;
}

/// With `oldest`, one that goes on for one that lingered may rival another that
/// is not shown yet.
void session_witness::check_login(const std::string& topic,
                                  const crdt::entry& own) const {
  const auto policy = policy_of(topic);
  if (!policy)
    return;
  const auto all = core_.list(topic);
  check_own(own, *policy, all);
  for (const auto& rival : all.get(own.key()))
    require(rival.get() == &own || counts_more(*policy, own, *rival),
            "a login does not count more than one that was there");
}

const std::vector<crdt::replaced_session>&
session_witness::take(const crdt::shard_effects& done) {
  std::size_t told = 0;
  for (const auto& change : done.changes) {
    if (change.why != leave_reason::replaced || !change.before
        || change.before->dot().replica != core_.set().self_tag())
      continue;
    check_end(change);
    const auto& topic = change.topic->name();
    const std::string key{change.before->key()};
    const auto owner = change.before->owner();
    told += own_.holds(topic, key, owner) ? 1 : 0;
    require(own_.untrack(topic, key, owner),
            "a presence was replaced that nobody has");
  }
  require(told == done.replaced.size(),
          "not just the owners of what was replaced are told");
  return done.replaced;
}

void session_witness::check_end(const crdt::change& change) const {
  const auto policy = policy_of(change.topic->name());
  const auto rivals
      = core_.list(change.topic->name()).get(change.before->key());
  require(policy
              && std::any_of(rivals.begin(), rivals.end(),
                             [&](const auto& rival) {
                               return counts_more(*policy, *rival,
                                                  *change.before);
                             }),
          "a presence was replaced by none that counts more");
}

void session_witness::check_topic(const std::string& topic,
                                  const snapshot& all) const {
  const auto policy = policy_of(topic);
  if (!policy)
    return;
  for (const auto& presence : all)
    if (presence.dot().replica == core_.set().self_tag())
      check_own(presence, *policy, all);
}

void session_witness::check_own(const crdt::entry& own, session_policy policy,
                                const snapshot& all) const {
  for (const auto& rival : all.get(own.key())) {
    if (rival.get() == &own)
      continue;
    require(rival->dot().replica != own.dot().replica,
            "a key has two sessions on one node");
    require(counts_more(policy, own, *rival),
            "a session goes on beside one that counts more");
  }
}

} // namespace rollcall::sim
