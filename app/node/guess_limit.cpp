#include "app/node/guess_limit.hpp"

#include <algorithm>
#include <chrono>

namespace rollcall::node {

namespace {

using channels::rate;
using channels::token_bucket;

constexpr std::chrono::hours trusted_for{1};

/// How long until there is a token, which stays where it is.
token_bucket::clock::duration
time_to_token(token_bucket bucket, const rate& limit,
              token_bucket::clock::time_point now) {
  return bucket.take(limit, now);
}

bool is_trusted(guess_limit::clock::time_point right_at,
                guess_limit::clock::time_point now) {
  return right_at != guess_limit::clock::time_point{}
         && now - right_at < trusted_for;
}

} // namespace

guess_limit::clock::duration guess_limit::wait(const std::string& address,
                                               clock::time_point now) const {
  const auto for_all = time_to_token(all_, of_all, now);
  const auto found = addresses_.find(address);
  if (found == addresses_.end())
    return for_all;
  const auto& [guesses, right_at] = found->second;
  const auto for_one = time_to_token(guesses, per_address, now);
  return is_trusted(right_at, now) ? for_one : std::max(for_one, for_all);
}

void guess_limit::was_wrong(const std::string& address, clock::time_point now) {
  (void)all_.take(of_all, now);
  if (auto* known = record_of(address, now))
    (void)known->guesses.take(per_address, now);
}

void guess_limit::was_right(const std::string& address, clock::time_point now) {
  if (auto* known = record_of(address, now))
    known->right_at = now;
}

guess_limit::record* guess_limit::record_of(const std::string& address,
                                            clock::time_point now) {
  if (const auto found = addresses_.find(address); found != addresses_.end())
    return &found->second;
  if (addresses_.size() >= addresses_max)
    std::erase_if(addresses_, [now](const auto& item) {
      return item.second.guesses.is_full(now)
             && !is_trusted(item.second.right_at, now);
    });
  return addresses_.size() < addresses_max ? &addresses_[address] : nullptr;
}

} // namespace rollcall::node
