#include "tests/sim/simulated_replica.hpp"

#include "crdt/wire/interval_wire.hpp"

#include <span>

namespace rollcall::sim {

namespace {

constexpr duration request_timeout{120'000};

std::size_t index_of(const crdt::replica_id& id) {
  return std::stoul(id.node.substr(1));
}

interval_packet packed(const crdt::interval& what) {
  interval_packet result{what.replica, {}};
  wire::encode(what, result.bytes);
  return result;
}

} // namespace

crdt::replica_id replica_of(std::size_t index, std::uint64_t incarnation) {
  return {"n" + std::to_string(index), incarnation, 0, 0};
}

simulated_replica::simulated_replica(std::size_t index,
                                     std::uint64_t incarnation,
                                     std::size_t node_count,
                                     const replica_settings& settings,
                                     test::random_source& random, sender send)
    : state{replica_of(index, incarnation), settings.deaths_max},
      index_{index},
      settings_{settings},
      random_{random},
      send_{std::move(send)},
      peers_(node_count) {
}

void simulated_replica::report(bool is_about_replica) {
  if (on_changes)
    on_changes(state.last, is_about_replica);
}

std::size_t simulated_replica::chunk_bytes() {
  return random_.below(settings_.chunk_bytes_max + 1);
}

void simulated_replica::tick(moment now) {
  ++counter_;
  detect_downs(now);
  broadcast();
  heartbeat news{
      {state.set.self(), state.set.progress_of(state.tag()), counter_}};
  for (const auto& id : state.set.replicas())
    if (const auto which = index_of(id); which != index_)
      news.push_back(
          {id, state.set.progress_of(crdt::tag_of(id)), peers_[which].counter});
  for (std::size_t to = 0; to < peers_.size(); ++to)
    if (to != index_)
      send_(to, news);
}

void simulated_replica::broadcast() {
  const auto news = state.since(sent_, chunk_bytes());
  if (!news)
    return;
  sent_ = {news->to, news->as_of};
  const auto shared = packed(*news);
  for (std::size_t to = 0; to < peers_.size(); ++to)
    if (to != index_)
      send_(to, shared);
}

void simulated_replica::detect_downs(moment now) {
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    const auto tag = crdt::tag_of(replica_of(i, peers_[i].incarnation));
    if (i == index_ || !state.set.knows(tag))
      continue;
    const auto silence = now - peers_[i].heard;
    if (silence > settings_.gone_after)
      state.forget(tag);
    else if (silence > settings_.down_after)
      state.show(tag, false);
    else
      continue;
    report(true);
  }
}

void simulated_replica::receive(std::size_t from,
                                const replica_message& message, moment now) {
  if (const auto* news = std::get_if<heartbeat>(&message))
    take(*news, from, now);
  else if (const auto* request = std::get_if<interval_request>(&message))
    take(*request, from);
  else
    take(std::get<interval_packet>(message), from);
}

/// Hears of a replica, directly or through another one.
void simulated_replica::learn(const replica_news& news, moment now) {
  const auto which = index_of(news.id);
  auto& known = peers_[which];
  if (which == index_ || news.id.incarnation < known.incarnation
      || (news.id.incarnation == known.incarnation
          && news.counter <= known.counter))
    return;
  if (news.id.incarnation > known.incarnation) {
    state.forget(crdt::tag_of(replica_of(which, known.incarnation)));
    report(true);
    known.knows.clear();
  }
  known.incarnation = news.id.incarnation;
  known.counter = news.counter;
  known.heard = now;
  const auto tag = crdt::tag_of(news.id);
  state.set.know(news.id, random_.chance(0.5));
  state.show(tag, true);
  report(true);
}

void simulated_replica::take(const heartbeat& news, std::size_t from,
                             moment now) {
  for (const auto& each : news)
    learn(each, now);
  if (peers_[from].incarnation == news.front().id.incarnation)
    ask_for_missing(from, news, now);
}

void simulated_replica::ask_for_missing(std::size_t from, const heartbeat& news,
                                        moment now) {
  auto& known = peers_[from].knows;
  known.clear();
  for (const auto& each : news) {
    const auto tag = crdt::tag_of(each.id);
    known[tag] = each.known;
    if (tag == state.tag() || !state.set.knows(tag)
        || each.known.seen <= state.set.progress_of(tag).seen)
      continue;
    const auto last = asked_.find(tag);
    if (last != asked_.end() && now - last->second < request_timeout)
      continue;
    asked_[tag] = now;
    send_(from, interval_request{tag, state.set.progress_of(tag)});
  }
}

void simulated_replica::take(const interval_request& request,
                             std::size_t from) {
  if (const auto missing
      = state.set.make_interval(request.of, request.known, chunk_bytes()))
    send_(from, packed(*missing));
}

void simulated_replica::take(const interval_packet& packet, std::size_t from) {
  crdt::interval what;
  if (wire::decode(std::as_bytes(std::span{packet.bytes}), what)
      != wire::decode_error::none)
    throw std::logic_error{"a packet was refused"};
  const auto result = state.apply(what);
  report(false);
  if (result == crdt::apply_result::malformed)
    throw std::logic_error{"an interval was malformed"};
  const auto tag = packet.of;
  if (result == crdt::apply_result::hole)
    send_(from, interval_request{tag, state.set.progress_of(tag)});
  else if (result == crdt::apply_result::applied)
    ask_anybody(tag);
}

/// Goes on with a transfer, at whoever is ahead.
void simulated_replica::ask_anybody(crdt::replica_tag of) {
  const auto mine = state.set.progress_of(of);
  std::vector<std::size_t> ahead;
  for (std::size_t i = 0; i < peers_.size(); ++i)
    if (const auto found = peers_[i].knows.find(of);
        found != peers_[i].knows.end() && found->second.seen > mine.seen)
      ahead.push_back(i);
  if (!ahead.empty())
    send_(random_.pick(ahead), interval_request{of, mine});
}

} // namespace rollcall::sim
