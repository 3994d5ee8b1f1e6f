#include "actors/hook_runner.hpp"

#include "rollcall/log.hpp"

#include <fmt/core.h>

#include <exception>
#include <utility>

namespace rollcall {

hook_runner::hook_runner(hooks_factory make_hooks)
    : make_hooks_{std::move(make_hooks)} {
}

std::shared_ptr<hooks> hook_runner::current() const {
  return hooks_.load();
}

template <class Call>
void hook_runner::guarded(const char* name, Call call) {
  try {
    call();
  } catch (const std::exception& problem) {
    failures_.fetch_add(1, std::memory_order_relaxed);
    log(log_level::error, "rollcall.hooks",
        fmt::format("{} threw: {}", name, problem.what()));
  } catch (...) {
    failures_.fetch_add(1, std::memory_order_relaxed);
    log(log_level::error, "rollcall.hooks",
        fmt::format("{} threw something that is no std::exception", name));
  }
}

void hook_runner::start() {
  if (!is_active())
    return;
  guarded("init", [this] {
    std::shared_ptr<hooks> fresh = make_hooks_();
    if (fresh)
      fresh->init();
    hooks_.store(std::move(fresh));
  });
  is_started_ = true;
  is_started_.notify_all();
}

enrichment hook_runner::fetch(const std::string& topic,
                              const metas_by_key& presences) {
  enrichment result;
  if (!is_active() || presences.empty())
    return result;
  is_started_.wait(false); // A list may be asked for before `init` has run.
  if (const auto code = current())
    guarded("fetch", [&] { result = code->fetch(topic, presences); });
  return result;
}

void hook_runner::run(diff& change) {
  const auto code = current();
  if (!code)
    return;
  change.joins_extra = fetch(change.topic, by_key(change.joins));
  change.leaves_extra = fetch(change.topic, by_key(change.leaves));
  guarded("on_diff", [&] { code->on_diff(change); });
  const auto& present = bring_up_to_date(change);
  guarded("on_metas", [&] { code->on_metas(change.topic, change, present); });
  if (present.empty())
    present_.erase(change.topic);
}

/// Joins first, as clients do it: an update never empties its key.
const metas_by_key& hook_runner::bring_up_to_date(const diff& change) {
  auto& present = present_[change.topic];
  for (const auto& joined : change.joins)
    present[std::string{joined->key()}].push_back(joined);
  for (const auto& left : change.leaves) {
    const auto found = present.find(left->key());
    if (found == present.end())
      continue;
    std::erase(found->second, left);
    if (found->second.empty())
      present.erase(found);
  }
  return present;
}

metas_by_key by_key(const std::vector<entry_ptr>& presences) {
  metas_by_key result;
  for (const auto& presence : presences)
    result[std::string{presence->key()}].push_back(presence);
  return result;
}

metas_by_key by_key(const snapshot& presences) {
  metas_by_key result;
  for (const auto& presence : presences)
    result[std::string{presence.key()}].emplace_back(&presence);
  return result;
}

} // namespace rollcall
