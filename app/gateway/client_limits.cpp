#include "app/gateway/client_limits.hpp"

#include <algorithm>
#include <string_view>

namespace rollcall::channels {

using clock = token_bucket::clock;

namespace {

bool is_presence_call(std::string_view event) noexcept {
  return event.starts_with("presence:") || event == "follow"
         || event == "unfollow";
}

} // namespace

admission client_budget::take(const message& message,
                              const client_rates& limits,
                              clock::time_point now) noexcept {
  const std::string_view event{message.event};
  const auto none = clock::duration::zero();
  if (const auto wait = messages_.take(limits.messages, now); wait > none)
    return {refusal::message_rate, wait};
  if (event == "phx_join")
    if (const auto wait = joins_.take(limits.joins, now); wait > none)
      return {refusal::client_join_rate, wait};
  if (is_presence_call(event))
    if (const auto wait = presence_calls_.take(limits.presence_calls, now);
        wait > none)
      return {refusal::presence_rate, wait};
  return {};
}

bool client_budget::is_full(clock::time_point now) const noexcept {
  return messages_.is_full(now) && joins_.is_full(now)
         && presence_calls_.is_full(now);
}

std::string rate_limited(clock::duration wait) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
  return R"({"reason":"rate_limited","retry_after_ms":)" + std::to_string(ms)
         + "}";
}

admission user_budgets::account::take(const message& message,
                                      const client_rates& limits,
                                      clock::time_point now) {
  std::lock_guard guard{mutex_};
  return budget_.take(message, limits, now);
}

bool user_budgets::account::is_full(clock::time_point now) {
  std::lock_guard guard{mutex_};
  return budget_.is_full(now);
}

std::shared_ptr<user_budgets::account>
user_budgets::open(const std::string& user, clock::time_point now) {
  if (user.empty()
      || (limits_.messages.per_second == 0 && limits_.joins.per_second == 0
          && limits_.presence_calls.per_second == 0))
    return nullptr;
  std::lock_guard guard{mutex_};
  if (accounts_.size() >= next_look_)
    forget_idle(now);
  auto& found = accounts_[user];
  if (!found)
    found = std::make_shared<account>();
  return found;
}

void user_budgets::forget_idle(clock::time_point now) {
  std::erase_if(accounts_, [now](const auto& each) {
    return each.second.use_count() == 1 && each.second->is_full(now);
  });
  next_look_ = std::max<std::size_t>(1024, 2 * accounts_.size());
}

std::size_t user_budgets::size() const {
  std::lock_guard guard{mutex_};
  return accounts_.size();
}

} // namespace rollcall::channels
