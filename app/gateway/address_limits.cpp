#include "app/gateway/address_limits.hpp"

#include <algorithm>

namespace rollcall::channels {

namespace ip = boost::asio::ip;

namespace {

/// An IPv4 address that comes over an IPv6 socket is still one.
ip::address plain(const ip::address& which) {
  if (which.is_v6() && which.to_v6().is_v4_mapped())
    return ip::make_address_v4(ip::v4_mapped, which.to_v6());
  return which;
}

} // namespace

address_key address_key::of(const ip::address& from) {
  const auto which = plain(from);
  if (which.is_v4())
    return {which.to_v4().to_uint(), false};
  address_key key{0, true};
  const auto bytes = which.to_v6().to_bytes();
  for (std::size_t i = 0; i < 8; ++i)
    key.bits = key.bits << 8 | bytes[i];
  return key;
}

std::optional<network_list>
network_list::parse(const std::vector<std::string>& entries) {
  network_list result;
  for (const auto& each : entries) {
    const bool has_length = each.find('/') != std::string::npos;
    boost::system::error_code problem;
    if (each.find(':') == std::string::npos)
      result.v4_.push_back(
          ip::make_network_v4(has_length ? each : each + "/32", problem));
    else
      result.v6_.push_back(
          ip::make_network_v6(has_length ? each : each + "/128", problem));
    if (problem)
      return std::nullopt;
  }
  return result;
}

bool network_list::contains(const ip::address& which) const {
  const auto address = plain(which);
  const auto holds = [](const auto& network, const auto& it) {
    using network_type = std::decay_t<decltype(network)>;
    return network_type{it, network.prefix_length()}.canonical()
           == network.canonical();
  };
  if (address.is_v4())
    return std::any_of(v4_.begin(), v4_.end(), [&](const auto& each) {
      return holds(each, address.to_v4());
    });
  return std::any_of(v6_.begin(), v6_.end(), [&](const auto& each) {
    return holds(each, address.to_v6());
  });
}

std::optional<refusal> address_limits::enter(const ip::address& from,
                                             clock::time_point now,
                                             lease& place) {
  if ((connects_.per_second == 0 && connections_max_ == 0)
      || exempt_.contains(from))
    return std::nullopt;
  const auto key = address_key::of(from);
  std::lock_guard guard{mutex_};
  if (records_.size() >= next_look_ && now >= look_at_)
    forget_idle(now);
  if (records_.size() >= addresses_max && !records_.contains(key))
    return std::nullopt;
  auto& found = records_[key];
  if (found.connects.take(connects_, now) > clock::duration::zero())
    return refusal::connect_rate;
  if (connections_max_ > 0 && found.connections >= connections_max_)
    return refusal::connections_max;
  ++found.connections;
  place = lease{*this, key};
  return std::nullopt;
}

void address_limits::leave(address_key who) noexcept {
  std::lock_guard guard{mutex_};
  if (const auto found = records_.find(who); found != records_.end())
    --found->second.connections;
}

void address_limits::forget_idle(clock::time_point now) {
  std::erase_if(records_, [now](const auto& each) {
    return each.second.connections == 0 && each.second.connects.is_full(now);
  });
  look_at_ = now + std::chrono::seconds{1};
  next_look_
      = std::clamp<std::size_t>(2 * records_.size(), 1024, addresses_max);
}

std::size_t address_limits::size() const {
  std::lock_guard guard{mutex_};
  return records_.size();
}

} // namespace rollcall::channels
