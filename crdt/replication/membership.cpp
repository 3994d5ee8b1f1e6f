#include "crdt/replication/membership.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::crdt {

membership::membership(node_incarnation self, std::string address,
                       membership_config settings)
    : address_{std::move(address)},
      settings_{settings},
      nodes_{std::move(self), settings} {
}

void membership::listens_on(std::string address) {
  address_ = std::move(address);
  address_changed_at_ = sequence_ + 1;
}

void membership::open(const std::string& name) {
  exchanges_[name] = {};
}

void membership::lose_connection(const std::string& name) {
  exchanges_.erase(name);
  relays_.lose(name);
  nodes_.lose_direct(name);
}

void membership::reincarnate(std::uint64_t incarnation) {
  nodes_.reincarnate(incarnation);
  for (auto& [name, exchange] : exchanges_)
    exchange = {};
}

// -- time ---------------------------------------------------------------------

std::vector<node_event> membership::tick(tick_time now) {
  events out;
  nodes_.tick(now, out);
  check_missing(now);
  return out;
}

/// Finds out about whom others are to be asked.
void membership::check_missing(tick_time now) {
  node_names missing;
  for (const auto& [name, peer] : nodes_.nodes())
    if (is_missing(peer, now))
      missing.insert(name);
  if (missing == missing_)
    return;
  missing_ = std::move(missing);
  missing_changed_at_ = sequence_ + 1;
  relays_.retain(missing_);
}

// -- what others say ----------------------------------------------------------

std::vector<node_event> membership::receive(const heartbeat& message,
                                            tick_time now) {
  events out;
  const auto& sender = message.sender;
  if (sender.name == self().name)
    return out; // an echo, or somebody with our name: not a sign of anybody
  auto& exchange = exchanges_[sender.name];
  const auto missed_before = exchange.missing();
  exchange.take(message, now);
  measure_round_trip(exchange, message.order, now);
  nodes_.challenge(sender, now, out);
  nodes_.observe({sender, message.counter, true, message.address}, true, now,
                 out);
  for (const auto& report : message.others)
    if (report.who.name != self().name)
      take_answer(sender.name, report, now, out);
    else
      nodes_.check_own(report.who, report.counter, out);
  take_departures(message, now, out);
  if (message.missing)
    take_request(sender.name, missed_before, now);
  return out;
}

/// A peer says that a node is there. It may be the one to ask for its writes.
void membership::take_answer(const std::string& via,
                             const liveness_report& report, tick_time now,
                             events& out) {
  const bool is_newer = nodes_.observe(report, false, now, out);
  const auto& origin = report.who.name;
  const auto* known = nodes_.find(origin);
  if (known == nullptr) {
    if (nodes_.nodes().size() >= nodes_max)
      exchanges_[via].tell_again(); // when there is room for it
    return;
  }
  if (known->who == report.who && missing_.contains(origin)
      && relays_.take({origin, via, report.is_direct, is_newer}, now,
                      patience()))
    urgent_.insert(via);
}

void membership::take_departures(const heartbeat& message, tick_time now,
                                 events& out) {
  for (const auto& who : message.departed)
    if (who.name == self().name)
      nodes_.check_own_departure(who, now, out);
    else
      for (auto& event : leave(who, now))
        out.push_back(std::move(event));
}

std::vector<node_event> membership::leave(const node_incarnation& who,
                                          tick_time now) {
  return nodes_.leave(who, now);
}

/// A peer misses nodes, and whoever hears one of them says so at once.
void membership::take_request(const std::string& from, const node_names& before,
                              tick_time now) {
  for (const auto& name : exchanges_[from].missing())
    if (const auto* known = nodes_.find(name);
        !before.contains(name) && known != nullptr && !is_missing(*known, now))
      urgent_.insert(from);
}

void membership::measure_round_trip(heartbeat_exchange& with,
                                    const heartbeat_order& order,
                                    tick_time now) const {
  const auto& sent = sendings_[order.echo % sendings_remembered];
  if (order.echo == 0 || sent.sequence != order.echo
      || now - sent.when < order.held)
    return;
  with.round_trip = now - sent.when - order.held;
}

std::optional<heartbeat_echo> membership::echo_to(const std::string& name,
                                                  tick_time now) const {
  const auto exchange = exchanges_.find(name);
  if (exchange == exchanges_.end())
    return std::nullopt;
  return exchange->second.echo(now);
}

tick_time membership::time_under_way(const heartbeat_echo& echo,
                                     tick_time now) const {
  const auto* sent = &sendings_[echo.sequence % sendings_remembered];
  if (sent->sequence != echo.sequence) // Before all that are remembered.
    sent = &*std::ranges::min_element(sendings_, {}, &sending::sequence);
  return std::max(tick_time{0}, now - sent->when - echo.held);
}

// -- what this node says ------------------------------------------------------

heartbeat membership::heartbeat_for(const std::string& name, tick_time now) {
  count_sending(now);
  auto& exchange = exchanges_[name];
  const auto since = exchange.acknowledged();
  heartbeat result{self(), counter(), {}, {}, {}, {}, {}, {}};
  result.order = exchange.next(sequence_, now);
  if (address_changed_at_ > since)
    result.address = address_;
  if (nodes_.newest_change() > since)
    tell_nodes(name, since, now, result);
  tell_asked(name, exchange, now, result);
  tell_departed(name, since, now, result);
  ask(name, exchange, result);
  return result;
}

/// Heartbeats of one moment have the same number.
void membership::count_sending(tick_time now) {
  auto& last = sendings_[sequence_ % sendings_remembered];
  if (sequence_ != 0 && last.when == now)
    return;
  ++sequence_;
  sendings_[sequence_ % sendings_remembered] = {sequence_, now};
  nodes_.tell_with(sequence_ + 1);
}

liveness_report membership::report_on(const node_record& peer,
                                      tick_time now) const {
  return {peer.who, peer.counter, nodes_.is_direct(peer, now), peer.address,
          std::max(tick_time{}, now - peer.last_sign)};
}

void membership::tell_nodes(const std::string& to, std::uint64_t since,
                            tick_time now, heartbeat& out) const {
  for (const auto& [name, peer] : nodes_.nodes())
    if (peer.is_up && peer.changed_at > since && name != to)
      out.others.push_back(report_on(peer, now));
}

/// What a peer asked for, and what contradicts its idea of itself.
void membership::tell_asked(const std::string& to,
                            const heartbeat_exchange& with, tick_time now,
                            heartbeat& out) const {
  const auto tell = [&](const node_record* peer) {
    const bool is_told = peer != nullptr
                         && peer->changed_at > with.acknowledged()
                         && peer->who.name != to;
    if (peer == nullptr || !peer->is_up || is_told)
      return;
    out.others.push_back(report_on(*peer, now));
    out.others.back().address.clear();
  };
  for (const auto& name : with.missing())
    if (name != to)
      tell(nodes_.find(name));
  if (const auto* reader = nodes_.find(to);
      reader != nullptr && !with.has_heard(reader->who, reader->counter))
    tell(reader);
}

/// Others need to hear it once; whoever goes on after it left, always.
void membership::tell_departed(const std::string& to, std::uint64_t since,
                               tick_time now, heartbeat& out) const {
  for (const auto& [name, left] : nodes_.departed())
    if (now - left.when <= 2 * settings_.down_after
        && (left.changed_at > since || name == to))
      out.departed.push_back({name, left.incarnation});
}

void membership::ask(const std::string& to, heartbeat_exchange& with,
                     heartbeat& out) const {
  const auto since = with.acknowledged();
  if (missing_changed_at_ > since)
    out.missing = missing_;
  if (with.ask_to_relay(relays_.chosen(to), sequence_) > since)
    out.relays = with.asked_to_relay();
}

node_names membership::take_urgent() {
  return std::exchange(urgent_, {});
}

std::vector<node_incarnation>
membership::relayed_to(const std::string& peer) const {
  std::vector<node_incarnation> result;
  const auto exchange = exchanges_.find(peer);
  if (exchange == exchanges_.end())
    return result;
  for (const auto& name : exchange->second.relays())
    if (const auto* origin = nodes_.find(name);
        origin != nullptr && origin->is_up && name != peer)
      result.push_back(origin->who);
  return result;
}

std::vector<node_incarnation>
membership::doubtful_with(const std::string& peer) const {
  auto names = missing_;
  if (const auto exchange = exchanges_.find(peer); exchange != exchanges_.end())
    names.insert(exchange->second.missing().begin(),
                 exchange->second.missing().end());
  std::vector<node_incarnation> result;
  for (const auto& name : names)
    if (const auto* node = nodes_.find(name); node != nullptr && name != peer)
      result.push_back(node->who);
  return result;
}

// -- what this node knows -----------------------------------------------------

/// How long others may be silent before this node asks about them: so that the
/// answer comes well before they would be down.
tick_time membership::patience() const {
  const tick_time interval = settings_.heartbeat_interval;
  return std::max(5 * interval / 4,
                  std::min(3 * interval, tick_time{settings_.down_after} / 4));
}

bool membership::is_missing(const node_record& peer, tick_time now) const {
  return !peer.last_direct || now - *peer.last_direct > patience();
}

peer_view membership::view_of(const node_record& peer, tick_time now) const {
  const auto exchange = exchanges_.find(peer.who.name);
  return {peer.who,
          peer.is_up,
          nodes_.is_direct(peer, now),
          std::chrono::duration_cast<std::chrono::milliseconds>(
              now - peer.last_sign),
          peer.address,
          exchange == exchanges_.end() ? tick_time{}
                                       : exchange->second.round_trip};
}

std::vector<peer_view> membership::peers(tick_time now) const {
  std::vector<peer_view> result;
  for (const auto& [name, peer] : nodes_.nodes())
    result.push_back(view_of(peer, now));
  return result;
}

std::optional<peer_view> membership::peer(const std::string& name,
                                          tick_time now) const {
  const auto* found = nodes_.find(name);
  if (found == nullptr)
    return std::nullopt;
  return view_of(*found, now);
}

} // namespace rollcall::crdt
