#include "actors/cluster/dialer.hpp"

#include <algorithm>
#include <charconv>

namespace rollcall {

std::optional<peer_address> parse_peer_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return std::nullopt;
  auto host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return std::nullopt; // an IPv6 address needs its brackets
  const auto digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, problem]
      = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (problem != std::errc{} || end != digits.data() + digits.size()
      || host.empty())
    return std::nullopt;
  return peer_address{std::string{host}, port};
}

dialer::dialer(std::chrono::milliseconds retry_min,
               std::chrono::milliseconds retry_max, std::uint64_t seed)
    : retry_min_{retry_min},
      retry_max_{retry_max},
      random_{seed} {
}

void dialer::add_seed(const std::string& address) {
  targets_[address].is_seed = true;
}

void dialer::add(const std::string& address) {
  targets_.try_emplace(address);
}

void dialer::retain(const std::set<std::string>& known) {
  std::erase_if(targets_, [&](const auto& item) {
    const auto& record = item.second;
    return !record.is_seed && !record.is_own && !record.is_under_way
           && !known.contains(item.first);
  });
}

void dialer::is_own(const std::string& address) {
  auto& record = targets_[address];
  record.is_own = record.was_tried = true;
  record.is_under_way = false;
}

void dialer::done(const std::string& address, bool is_ok, bool is_slow,
                  time_point now) {
  const auto found = targets_.find(address);
  if (found == targets_.end())
    return;
  auto& record = found->second;
  record.is_under_way = false;
  record.was_tried = true;
  record.failures = is_ok ? 0 : std::min(record.failures + 1, 16u);
  auto wait = is_slow ? retry_max_
                      : std::min(retry_max_,
                                 retry_min_ * (1u << record.failures) / 2);
  // Half to all of it, so that many nodes do not come at one moment.
  wait = wait / 2
         + std::chrono::milliseconds{
             random_() % static_cast<std::uint64_t>(wait.count() / 2 + 1)};
  record.next = now + wait;
}

bool dialer::has_tried_all() const noexcept {
  return std::all_of(targets_.begin(), targets_.end(), [](const auto& item) {
    return !item.second.is_seed || item.second.was_tried;
  });
}

} // namespace rollcall
