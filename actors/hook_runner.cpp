#include "actors/hook_runner.hpp"

#include "actors/calling_thread.hpp"
#include "actors/request_check.hpp"
#include "rollcall/error.hpp"
#include "rollcall/limits.hpp"
#include "rollcall/log.hpp"

#include <fmt/core.h>

#include <exception>
#include <stdexcept>
#include <utility>

namespace rollcall {

namespace {

constexpr const char* hooks_component = "rollcall.hooks";

} // namespace

hook_runner::hook_runner(hooks_factory make_hooks)
    : make_hooks_{std::move(make_hooks)} {
}

std::shared_ptr<hooks> hook_runner::current() const {
  const checked_guard guard{hooks_mutex_};
  return hooks_;
}

/// @returns what went wrong, empty if nothing did.
template <class Call>
std::string hook_runner::guarded(const char* name, Call call) {
  const hook_scope inside;
  std::string problem;
  try {
    call();
    return problem;
  } catch (const std::exception& thrown) {
    problem = fmt::format("{} threw: {}", name, thrown.what());
  } catch (...) {
    problem = fmt::format("{} threw something that is no std::exception", name);
  }
  failures_.fetch_add(1, std::memory_order_relaxed);
  log(log_level::error, hooks_component, problem);
  return problem;
}

caf::error hook_runner::prepare() {
  if (!is_active())
    return {};
  std::shared_ptr<hooks> fresh;
  auto problem = guarded("the hooks factory", [&] { fresh = make_hooks_(); });
  if (problem.empty() && !fresh) {
    problem = "the hooks factory gave no hooks";
    failures_.fetch_add(1, std::memory_order_relaxed);
    log(log_level::error, hooks_component, problem);
  }
  if (!problem.empty())
    return make_error(ec::invalid_config, std::move(problem));
  {
    const checked_guard guard{hooks_mutex_};
    hooks_.swap(fresh); // The former ones end without the lock.
  }
  is_fresh_ = true;
  return {};
}

void hook_runner::start() {
  if (!is_active())
    return;
  if (!is_fresh_)
    static_cast<void>(prepare());
  is_fresh_ = false;
  if (const auto code = current())
    guarded("init", [&] { code->init(); });
  let_fetch();
}

void hook_runner::end() noexcept {
  has_ended_ = true;
  let_fetch();
}

/// Whoever waits for `init` goes on.
void hook_runner::let_fetch() noexcept {
  is_started_ = true;
  is_started_.notify_all();
}

enrichment hook_runner::fetch(const std::string& topic,
                              const metas_by_key& presences) {
  enrichment result;
  if (!is_active() || presences.empty())
    return result;
  // A list may be asked for before `init` has run, but not by itself.
  if (!is_inside_hook())
    is_started_.wait(false);
  else if (!is_started_)
    return result;
  if (const auto code = current())
    guarded("fetch", [&] { result = code->fetch(topic, presences); });
  check(result);
  return result;
}

/// What is no JSON object would spoil the messages to clients.
void hook_runner::check(enrichment& added) {
  for (auto it = added.begin(); it != added.end();) {
    const auto problem = check_meta(it->second, limits::enrichment_bytes_max);
    if (!problem) {
      ++it;
      continue;
    }
    failures_.fetch_add(1, std::memory_order_relaxed);
    log(log_level::error, hooks_component,
        fmt::format("fetch added to key '{}' what is left out: {}", it->first,
                    describe(problem)));
    it = added.erase(it);
  }
}

void hook_runner::enrich(diff& change) {
  if (!is_active())
    return;
  auto seen = by_key(change.joins);
  for (const auto& back : change.returned)
    seen[std::string{back->key()}].push_back(back);
  change.joins_extra = fetch(change.topic, seen);
  change.leaves_extra = fetch(change.topic, by_key(change.leaves));
}

void hook_runner::run(diff& change) {
  const auto code = current();
  if (!code)
    return;
  enrich(change);
  guarded("on_diff", [&] { code->on_diff(change); });
  const auto& present = bring_up_to_date(change);
  guarded("on_metas", [&] { code->on_metas(change.topic, change, present); });
  if (present.empty())
    present_.erase(change.topic);
}

bool hook_runner::follow_keys() {
  bool result = false;
  if (const auto code = current())
    guarded("follows_keys", [&] { result = code->follows_keys(); });
  return result;
}

void hook_runner::tell(const crdt::key_status& status) {
  const auto code = current();
  if (!code || have_ended())
    return;
  if (status.is_online)
    guarded("on_online", [&] { code->on_online(status.key); });
  else
    guarded("on_offline", [&] { code->on_offline(status.key); });
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
    std::erase_if(found->second, [&](const entry_ptr& one) {
      return one->dot() == left->dot();
    });
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
