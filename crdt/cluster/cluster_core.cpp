#include "crdt/cluster/cluster_core.hpp"

#include "crdt/cluster/greeting.hpp"
#include "crdt/cluster/peer_packets.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::crdt {

namespace {

/// Two restarts with the same old clock do not choose the same incarnation.
constexpr std::uint64_t incarnation_spread = 1'000'000;

} // namespace

// -- start and end ------------------------------------------------------------

cluster_core::cluster_core(node_incarnation self, cluster_settings settings,
                           const shard_views& shards, json_check is_json)
    : settings_{std::move(settings)},
      shards_{shards},
      is_json_{is_json},
      random_{settings_.seed},
      membership_{std::move(self), {}, settings_.membership},
      dialer_{settings_.retry_min, settings_.retry_max, random_()},
      heartbeats_{membership_, connections_, shards_, effects_},
      last_seen_sync_{membership_, shards_, effects_} {
  for (const auto& peer : settings_.peers)
    dialer_.add_seed(peer);
}

void cluster_core::listens_on(std::string address) {
  address_ = std::move(address);
  membership_.listens_on(address_);
  dialer_.forget_own(address_);
}

cluster_effects cluster_core::leave() {
  effects_.send(connections_.accepted(), wire::leaving{membership_.self()});
  return effects_.take();
}

// -- time ---------------------------------------------------------------------

cluster_effects cluster_core::tick(tick_time now) {
  now_ = now;
  const auto elapsed = last_tick_ ? now - *last_tick_ : tick_time{};
  last_tick_ = now;
  handle(membership_.tick(now));
  close_silent_connections(elapsed);
  heartbeats_.plan_relays(now);
  heartbeats_.send_all(now);
  last_seen_sync_.send_all(now);
  dial_who_is_due();
  consider_readiness();
  return effects_.take();
}

cluster_effects cluster_core::wake_up(tick_time now) {
  now_ = now;
  heartbeats_.wake_up(now);
  consider_readiness();
  return effects_.take();
}

cluster_effects cluster_core::report_due(const std::string& peer) {
  heartbeats_.send_soon({peer});
  return effects_.take();
}

/// Closes each connection that brings nothing, also if its node is up through
/// others: it may be cut without a sign, and while it looks open nobody can
/// connect anew. What waits in it for a stopped peer goes with it.
void cluster_core::close_silent_connections(tick_time elapsed) {
  if (elapsed > 2 * settings_.membership.heartbeat_interval) {
    // This node was stopped, which says nothing about the others.
    connections_.forgive(elapsed, now_);
  }
  const auto down_after = settings_.membership.down_after;
  for (const auto& [id, reason] : connections_.overdue(down_after, now_))
    close_and_forget(id, reason);
}

void cluster_core::close_and_forget(connection_id id,
                                    const std::string& reason) {
  const auto& to = *connections_.find(id);
  effects_.log(severity::info, "closed the connection to "
                                   + (to.node ? to.node->name : to.address)
                                   + ": " + reason);
  effects_.add(close_connection{id});
  forget(id);
}

void cluster_core::forget(connection_id id) {
  const auto node = connections_.find(id)->node;
  connections_.erase(id);
  last_seen_sync_.forget(id);
  if (!node) // else no other connection leads to a node of this name
    return;
  heartbeats_.forget(node->name);
  membership_.lose_connection(node->name);
  effects_.add(to_all_shards{peer_disconnected{node->name}});
}

void cluster_core::dial_who_is_due() {
  for (auto& address : dialer_.due(membership_.peers(now_), connections_, now_))
    effects_.add(connect_to{std::move(address)});
}

void cluster_core::consider_readiness() {
  if (!readiness_.is_complete() && is_complete())
    readiness_.complete();
}

bool cluster_core::is_complete() const {
  if (!dialer_.has_tried_all())
    return false;
  for (const auto& [id, from] : connections_)
    if (!from.heard_at && now_ - from.since < settings_.membership.down_after)
      return false;
  for (std::size_t shard = 0; shard < shards_.count(); ++shard)
    if (!shards_.is_complete(shard))
      return false;
  return true;
}

// -- membership ---------------------------------------------------------------

void cluster_core::handle(const std::vector<node_event>& events) {
  for (const auto& event : events) {
    const bool is_up = event.kind == node_event_kind::up;
    effects_.log(is_up ? severity::info : severity::warning,
                 "node " + event.who.name + " (incarnation "
                     + std::to_string(event.who.incarnation) + ") "
                     + words_for(event.kind));
    counters_.ups += is_up ? 1 : 0;
    counters_.downs += event.kind == node_event_kind::down ? 1 : 0;
    if (event.kind == node_event_kind::conflict)
      outgrow(event.who.incarnation);
    else
      effects_.add(to_all_shards{node_changed{event}});
  }
}

/// Starts a later incarnation than any that peers remember.
void cluster_core::outgrow(std::uint64_t incarnation) {
  if (membership_.self().incarnation > incarnation)
    return;
  membership_.reincarnate(incarnation + 1 + random_() % incarnation_spread);
  heartbeats_.forget_plan();
  effects_.add(to_all_shards{
      node_changed{{node_event_kind::conflict, membership_.self()}}});
  for (auto& [id, to] : connections_)
    to.was_greeted = false;
  for (auto& [id, to] : connections_)
    if (to.node) {
      greet(id, to);
      effects_.add(to_all_shards{peer_connected{to.node->name}, id});
    }
}

// -- connections --------------------------------------------------------------

cluster_effects cluster_core::opened(const opened_connection& fresh,
                                     tick_time now) {
  now_ = now;
  auto& here = connections_.add(fresh.id);
  here.address = fresh.address;
  here.names = fresh.names;
  here.is_dialed = fresh.is_dialed;
  here.since = now;
  ++counters_.connections_opened;
  return effects_.take();
}

cluster_effects cluster_core::closed(connection_id id,
                                     const std::string& reason, tick_time now) {
  now_ = now;
  const auto* gone = connections_.find(id);
  if (gone == nullptr)
    return effects_.take();
  effects_.log(severity::info,
               "the connection to "
                   + (gone->node ? gone->node->name : gone->address)
                   + " is gone: " + reason);
  forget(id);
  dial_who_is_due(); // a lost connection is a hint: ask at once
  return effects_.take();
}

cluster_effects cluster_core::dial_ended(const dial_result& result,
                                         tick_time now) {
  now_ = now;
  if (result.outcome == dial_outcome::myself) {
    dialer_.forget_own(result.address);
    return effects_.take();
  }
  const bool is_open = result.outcome == dial_outcome::opened;
  const bool is_duplicate = result.outcome == dial_outcome::duplicate;
  const auto failures
      = dialer_.done(result.address, is_open, is_duplicate, now);
  if (is_open) {
    if (auto* to = connections_.find(result.id)) {
      to->address = result.address;
      greet(result.id, *to);
    }
    return effects_.take();
  }
  if (result.outcome == dial_outcome::rejected)
    readiness_.refused(result.address, result.reason);
  else if (result.outcome == dial_outcome::unreachable)
    readiness_.forgive(result.address);
  if (!is_duplicate)
    effects_.log(failures == dialer::failures_told ? severity::warning
                                                   : severity::debug,
                 "cannot reach " + result.address + ": " + result.reason);
  return effects_.take();
}

// -- greeting -----------------------------------------------------------------

void cluster_core::greet(connection_id id, connection& to) {
  if (!std::exchange(to.was_greeted, true))
    effects_.send({id},
                  wire::hello{wire::protocol_version, settings_.cluster_name,
                              membership_.self(), shards_.count(), address_});
}

void cluster_core::take_hello(connection_id id, const std::string& bytes) {
  const auto hello = wire::decode_hello(bytes);
  auto* other = connections_.find(id);
  if (!hello || other == nullptr) {
    ++counters_.bad_packets;
    return;
  }
  auto objection
      = objection_to(*hello, id, connections_,
                     {settings_.cluster_name, shards_.count(),
                      membership_.self().name, settings_.check_node_name});
  if (objection.empty())
    accept(id, *other, hello->node);
  else
    refuse(id, *other, std::move(objection));
}

/// Says why on both sides. The other side closes; if it does not, this one
/// does soon.
void cluster_core::refuse(connection_id id, connection& other,
                          std::string reason) {
  ++counters_.refused;
  effects_.log(severity::error, "refused a node: " + reason);
  effects_.send({id}, wire::refusal{std::move(reason)});
  if (!other.close_at)
    other.close_at = now_ + settings_.membership.down_after;
}

void cluster_core::accept(connection_id id, connection& other,
                          const node_incarnation& node) {
  if (other.node == node)
    return;
  connections_.accept(id, node);
  other.since = now_;
  if (other.is_dialed)
    readiness_.forgive(other.address);
  greet(id, other);
  effects_.log(severity::info,
               "the connection to node " + node.name + " is open");
  membership_.open(node.name);
  heartbeats_.forget(node.name);
  effects_.add(to_all_shards{peer_connected{node.name}, id});
  heartbeats_.send(id, now_);
  last_seen_sync_.start(id, node, now_);
}

void cluster_core::take_refusal(connection_id id, const std::string& bytes) {
  const auto refusal = wire::decode_refusal(bytes);
  const auto* by = connections_.find(id);
  if (!refusal || by == nullptr) {
    ++counters_.bad_packets;
    return;
  }
  ++counters_.refused;
  effects_.log(severity::error,
               by->address + " refused this node: " + refusal->reason);
  dialer_.done(by->address, false, true, now_);
  if (by->is_dialed)
    readiness_.refused(by->address, refusal->reason);
  effects_.add(close_connection{id});
}

// -- packets ------------------------------------------------------------------

cluster_effects cluster_core::take(connection_id from, std::string bytes,
                                   tick_time now) {
  now_ = now;
  const auto kind = wire::kind_of(bytes);
  auto* sender = connections_.find(from);
  if (kind == wire::packet_kind::hello)
    take_hello(from, bytes);
  else if (kind == wire::packet_kind::refusal)
    take_refusal(from, bytes);
  else if (sender != nullptr && sender->node) // else before the hello
    take_accepted(*sender, std::move(bytes));
  return effects_.take();
}

void cluster_core::take_accepted(connection& from, std::string bytes) {
  auto packet = read_packet(std::move(bytes), *from.node, is_json_);
  if (auto* heartbeat = std::get_if<wire::heartbeat>(&packet))
    take_heartbeat(from, *heartbeat);
  else if (const auto* leaving = std::get_if<wire::leaving>(&packet))
    handle(membership_.leave(leaving->node, now_));
  else if (auto* input = std::get_if<to_shard>(&packet))
    effects_.add(std::move(*input));
  else if (auto* event = std::get_if<deliver_event>(&packet))
    effects_.add(std::move(*event));
  else if (auto* tell = std::get_if<deliver_tell>(&packet))
    effects_.add(std::move(*tell));
  else if (auto* seen = std::get_if<wire::last_seen>(&packet))
    last_seen_sync_.take(*seen, now_);
  else if (auto* end = std::get_if<deliver_end_topic>(&packet))
    effects_.add(std::move(*end));
  else
    ++counters_.bad_packets;
}

void cluster_core::take_heartbeat(connection& from,
                                  wire::heartbeat& heartbeat) {
  if (heartbeat.shards.size() > shards_.count()) {
    ++counters_.bad_packets;
    return;
  }
  ++counters_.heartbeats_received;
  const auto sender = from.node->name;
  const bool is_first = !std::exchange(from.heard_at, now_);
  const auto events = membership_.receive(heartbeat.membership, now_);
  handle(events);
  heartbeats_.send_soon(membership_.take_urgent());
  if (is_first || heartbeat.membership.relays)
    heartbeats_.plan_soon();
  heartbeats_.pass_reports(sender, std::move(heartbeat.shards),
                           !events.empty());
}

// -- what this node passes on -------------------------------------------------

cluster_effects cluster_core::send_event(const wire::event& event) {
  std::string bytes;
  wire::encode(event, bytes);
  if (bytes.size() > settings_.event_bytes_max) {
    ++counters_.events_dropped;
    effects_.log(severity::error,
                 "an event of " + std::to_string(bytes.size())
                     + " bytes stays on this node; allowed: "
                     + std::to_string(settings_.event_bytes_max));
  } else {
    effects_.send_bytes(connections_.accepted(), std::move(bytes));
  }
  return effects_.take();
}

cluster_effects cluster_core::send_tell(const std::string& topic,
                                        const std::string& key,
                                        const std::string& packet) {
  const auto writers = shards_.writers_of(topic, key);
  std::vector<connection_id> owners;
  for (const auto& [id, to] : connections_)
    if (to.node
        && writers.replicas.contains(
            tag_of({to.node->name, to.node->incarnation, writers.shard, 0})))
      owners.push_back(id);
  effects_.send_bytes(std::move(owners), packet);
  return effects_.take();
}

cluster_effects cluster_core::send_end_topic(const std::string& topic) {
  effects_.send(connections_.accepted(), wire::end_topic{topic});
  return effects_.take();
}

// -- what there is to see -----------------------------------------------------

cluster_counters cluster_core::counters() const noexcept {
  auto result = counters_;
  result.heartbeats_sent = heartbeats_.sent();
  return result;
}

std::vector<peer_state> cluster_core::peers(tick_time now) const {
  return peer_states(membership_, connections_, shards_, now);
}

std::string cluster_core::problem() const {
  return readiness_.problem(is_accepted(connections_));
}

} // namespace rollcall::crdt
