#include "actors/cluster/cluster_actor.hpp"

#include "messages/type_ids.hpp"
#include "rollcall/log.hpp"

#include <caf/send.hpp>

#include <fmt/core.h>

#include <random>
#include <set>
#include <utility>

namespace rollcall {

namespace {

constexpr const char* component = cluster_state::name;

/// Lets the last words out before the links are closed.
constexpr std::chrono::milliseconds last_words{100};

const char* words_for(crdt::node_event_kind kind) {
  switch (kind) {
  case crdt::node_event_kind::up:
    return "is up";
  case crdt::node_event_kind::down:
    return "is down";
  case crdt::node_event_kind::gone:
    return "is gone";
  case crdt::node_event_kind::conflict:
    return "is known elsewhere in a later life than this one";
  }
  return "";
}

} // namespace

// -- start and end ------------------------------------------------------------

void cluster_state::start(cluster_setup setup) {
  node_ = std::move(setup.node);
  settings_ = std::move(setup.settings);
  view_ = std::move(setup.view);
  tells_ = std::move(setup.tells);
  membership_.emplace(
      crdt::node_life{node_->settings.node_name, node_->settings.incarnation},
      std::string{},
      crdt::membership_config{settings_.heartbeat_interval,
                              settings_.down_after, settings_.forget_after});
  dialer_.emplace(settings_.retry_min, settings_.retry_max,
                  std::random_device{}());
  for (const auto& peer : settings_.peers)
    dialer_->add_seed(peer);
}

void cluster_state::listens_on(std::string address) {
  address_ = std::move(address);
  membership_->listens_on(address_);
}

void cluster_state::use(link_handle links, caf::actor port) {
  links_ = std::move(links);
  port_ = std::move(port);
  tick();
}

void cluster_state::leave(bool at_once) {
  if (at_once)
    for (const auto& [node, to] : lines_)
      if (to.life)
        send_packet(to.port, wire::leaving{membership_->self()});
  self_->delayed_send(self_, last_words, atom::stop_v);
}

crdt::tick_time cluster_state::now() const {
  return tick_of(self_->clock().now());
}

// -- time ---------------------------------------------------------------------

void cluster_state::tick() {
  self_->delayed_send(self_, settings_.heartbeat_interval, atom::beat_v);
  handle(membership_->tick(now()));
  close_silent_lines();
  plan_relays();
  send_beat();
  dial_who_is_due();
  publish_view();
}

wire::beat cluster_state::make_beat() const {
  wire::beat result;
  const auto at = now();
  result.membership = membership_->beat(at);
  for (const auto& other : result.membership.others) {
    const auto heard = heard_at_.find(other.who.name);
    result.held.push_back(
        heard == heard_at_.end()
            ? 0
            : static_cast<std::uint64_t>((at - heard->second).count()));
  }
  for (const auto& slot : node_->slots)
    result.shards.push_back(slot->table->report());
  return result;
}

/// One packet for all, encoded once.
void cluster_state::send_beat() {
  const auto beat = make_beat();
  beat_times_[beat.membership.counter % beats_remembered] = now();
  wire_frame frame;
  wire::encode(beat, frame.bytes);
  const auto message = caf::make_message(std::move(frame));
  for (const auto& [node, to] : lines_)
    if (to.life) {
      caf::send_as(port_, to.port, message);
      ++stats_.heartbeats_sent;
    }
}

void cluster_state::handle(const std::vector<crdt::node_event>& events) {
  for (const auto& event : events) {
    log(event.kind == crdt::node_event_kind::up ? log_level::info
                                                : log_level::warning,
        component,
        fmt::format("node {} (incarnation {}) {}", event.who.name,
                    event.who.incarnation, words_for(event.kind)));
    stats_.ups += event.kind == crdt::node_event_kind::up ? 1 : 0;
    stats_.downs += event.kind == crdt::node_event_kind::down ? 1 : 0;
    if (event.kind != crdt::node_event_kind::conflict)
      to_all_shards({crdt::node_changed{event}});
    if (event.kind == crdt::node_event_kind::conflict)
      outgrow(event.who.incarnation);
  }
}

/// Starts a later life than any that peers remember.
void cluster_state::outgrow(std::uint64_t incarnation) {
  if (membership_->self().incarnation > incarnation)
    return;
  // Far enough apart that two quick restarts do not choose the same.
  membership_->reincarnate(incarnation + 1
                           + std::random_device{}() % 1'000'000);
  last_plan_.clear();
  const crdt::node_life self = membership_->self();
  to_all_shards({crdt::node_changed{{crdt::node_event_kind::conflict, self}}});
  for (auto& [node, to] : lines_)
    to.was_greeted = false;
  for (auto& [node, to] : lines_)
    if (to.life) {
      greet(to);
      to_all_shards({crdt::peer_connected{to.life->name}, {to.port, port_}});
    }
}

void cluster_state::dial_who_is_due() {
  std::set<std::string> known;
  std::set<std::string> connected;
  for (const auto& peer : membership_->peers(now())) {
    if (peer.address.empty())
      continue;
    known.insert(peer.address);
    dialer_->add(peer.address);
    if (line_of(peer.who.name) != nullptr)
      connected.insert(peer.address);
  }
  dialer_->retain(known);
  for (const auto& [node, to] : lines_)
    connected.insert(to.address);
  const auto due
      = dialer_->due(self_->clock().now(), [&](const std::string& address) {
          return connected.contains(address);
        });
  const caf::actor self = self_;
  for (const auto& address : due) {
    const auto target = parse_peer_address(address);
    if (!target || address == address_) {
      dialer_->is_own(address);
      continue;
    }
    links_->connect(
        target->host, target->port,
        [self, address](caf::expected<link_peer> result) {
          caf::anon_send(self, dial_ended{address, std::move(result)});
        });
  }
}

void cluster_state::plan_relays() {
  crdt::relays_changed plan;
  std::string key;
  const auto at = now();
  const auto peers = membership_->peers(at);
  for (const auto& peer : peers)
    if (peer.is_direct) {
      plan.direct.insert(peer.who.name);
      key += peer.who.name + ";";
    }
  for (const auto& [node, to] : lines_) {
    if (!to.life || !to.id)
      continue;
    auto& [target, origins]
        = plan.plan.emplace_back(to.life->name, std::vector<crdt::node_life>{});
    key += fmt::format("|{}#{}:", target, to.id->value);
    for (const auto& origin : peers)
      if (origin.is_up && membership_->is_relay(origin.who.name, target, at)) {
        origins.push_back(origin.who);
        key += fmt::format("{}#{},", origin.who.name, origin.who.incarnation);
      }
  }
  if (key == std::exchange(last_plan_, key))
    return;
  to_all_shards({std::move(plan)});
}

// -- to the shards ------------------------------------------------------------

void cluster_state::to_all_shards(replication_input input) const {
  const auto shared
      = std::make_shared<const replication_input>(std::move(input));
  for (const auto& slot : node_->slots)
    if (const auto shard = slot->shard()) // none once presence was stopped
      caf::anon_send(shard, shared);
}

void cluster_state::to_shard(std::size_t index, replication_input input) const {
  if (index >= node_->slots.size())
    return;
  if (const auto shard = node_->slots[index]->shard())
    caf::anon_send(shard,
                   std::make_shared<const replication_input>(std::move(input)));
}

caf::behavior cluster_actor(caf::stateful_actor<cluster_state>* self,
                            cluster_setup setup) {
  self->state.start(std::move(setup));
  return {
      [self](const link_handle& links, const caf::actor& port) {
        self->state.use(links, port);
      },
      [self](atom::listening, std::string& address) {
        self->state.listens_on(std::move(address));
      },
      [self](const link_up& what) { self->state.link_came(what); },
      [self](const link_down& what) { self->state.link_went(what); },
      [self](dial_ended& what) { self->state.dial_came_back(what); },
      [self](frame_arrived& frame) { self->state.take(frame); },
      [self](const topic_event_ptr& event) { self->state.send_event(*event); },
      [self](const tell_request& what) { self->state.tell(what); },
      [self](atom::beat) { self->state.tick(); },
      [self](atom::leave, bool at_once) { self->state.leave(at_once); },
      [self](caf::close_atom, std::uint64_t link) {
        self->state.close_late(link);
      },
      [self](atom::stop) { self->quit(); },
  };
}

} // namespace rollcall
