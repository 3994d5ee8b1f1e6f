#include "crdt/shard/single_sessions.hpp"

#include "text/pattern.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::crdt {

namespace {

login login_of(const entry& presence) noexcept {
  return stored_entry::of(presence).began().value_or(
      login{0, presence.dot().replica});
}

} // namespace

bool outlasts(session_policy policy, const entry& a, const entry& b) noexcept {
  const auto first = std::pair{login_of(a), a.dot()};
  const auto second = std::pair{login_of(b), b.dot()};
  return policy == session_policy::newest ? second < first : first < second;
}

single_sessions::single_sessions(const presence_set& set,
                                 const lingering& waiting,
                                 std::vector<single_session_rule> rules)
    : set_{set},
      lingering_{waiting},
      rules_{std::move(rules)} {
}

std::optional<session_policy>
single_sessions::policy_of(std::string_view topic) const noexcept {
  for (const auto& rule : rules_)
    if (matches_pattern(rule.pattern, topic))
      return rule.policy;
  return std::nullopt;
}

session_verdict single_sessions::decide(session_policy policy,
                                        std::string_view topic,
                                        std::string_view key,
                                        std::uint64_t wall_ms) const {
  session_verdict result;
  result.when = {std::min(wall_ms, login_moment_max), set_.self_tag()};
  const auto* node = set_.topic(topic);
  if (node == nullptr)
    return result;
  for (const auto& rival : node->get(key)) {
    const bool is_own = rival->dot().replica == set_.self_tag();
    const bool lingers = is_own && lingering_.contains(rival->dot().seq);
    const auto before = login_of(*rival);
    if (lingers && policy == session_policy::oldest)
      result.when = before; // The session goes on.
    else if (policy == session_policy::oldest)
      return {true, nullptr, {}};
    else if (is_own && !lingers)
      result.older = rival.get();
    if (policy == session_policy::newest)
      result.when.moment_ms
          = std::max(result.when.moment_ms,
                     std::min(before.moment_ms + 1, login_moment_max));
  }
  return result;
}

const entry* single_sessions::loser_to(const change& shown) const {
  if (!shown.after || shown.after->dot().replica == set_.self_tag())
    return nullptr;
  const auto policy = policy_of(shown.topic->name());
  if (!policy)
    return nullptr;
  const auto* own
      = shown.topic->find_first(shown.after->key(), set_.self_tag());
  return own != nullptr && outlasts(*policy, *shown.after, *own) ? own
                                                                 : nullptr;
}

} // namespace rollcall::crdt
