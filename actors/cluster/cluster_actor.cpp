#include "actors/cluster/cluster_actor.hpp"

#include "actors/cluster/heartbeat_frame.hpp"
#include "actors/cluster/peer_check.hpp"
#include "actors/request_check.hpp"
#include "crdt/cluster/peer_address.hpp"
#include "messages/type_ids.hpp"
#include "rollcall/log.hpp"

#include <caf/send.hpp>

#include <fmt/core.h>

#include <chrono>
#include <utility>
#include <variant>

namespace rollcall {

namespace {

/// Lets the packets that say goodbye out before the links are closed.
constexpr std::chrono::milliseconds leave_delay{100};

/// How soon an actor that may not end in this thread tries it in another one.
constexpr std::chrono::milliseconds stop_retry{1};

/// A frame above the bound of the links would cost the link.
const std::size_t event_bytes_max = link_config{}.frame_bytes_max - 1024;

crdt::cluster_settings core_settings(const cluster_config& settings,
                                     std::uint64_t seed) {
  return {
      settings.cluster_name,
      settings.peers,
      {settings.heartbeat_interval, settings.down_after, settings.forget_after},
      settings.retry_min,
      settings.retry_max,
      settings.check_node_name,
      event_bytes_max,
      seed};
}

crdt::dial_outcome outcome_of(const caf::error& problem) {
  if (problem.category() != caf::atom("link"))
    return crdt::dial_outcome::unreachable;
  switch (static_cast<link_error>(problem.code())) {
  case link_error::myself:
    return crdt::dial_outcome::myself;
  case link_error::duplicate:
    return crdt::dial_outcome::duplicate;
  case link_error::untrusted:
  case link_error::full:
    return crdt::dial_outcome::rejected;
  default:
    return crdt::dial_outcome::unreachable;
  }
}

log_level level_of(crdt::severity level) {
  switch (level) {
  case crdt::severity::debug:
    return log_level::debug;
  case crdt::severity::info:
    return log_level::info;
  case crdt::severity::warning:
    return log_level::warning;
  case crdt::severity::error:
    return log_level::error;
  }
  return log_level::error;
}

/// Counts what is sent to a peer, as long as somebody has it.
std::shared_ptr<std::atomic<std::uint64_t>>
sent_counter(const std::shared_ptr<const link_traffic>& of) {
  if (!of)
    return {};
  return {of, &of->sent};
}

crdt::connection_id number_of(link_id link) {
  return crdt::connection_id{link.value};
}

} // namespace

// -- start and end ------------------------------------------------------------

void cluster_state::start(cluster_setup setup) {
  node_ = std::move(setup.node);
  settings_ = std::move(setup.settings);
  view_ = std::move(setup.view);
  tells_ = std::move(setup.tells);
  link_unit_ = std::move(setup.link_unit);
  shards_.emplace(node_);
  core_.emplace(crdt::node_incarnation{node_->settings.node_name,
                                       node_->settings.incarnation},
                core_settings(settings_, setup.seed), *shards_, is_json);
}

void cluster_state::listens_on(std::string address) {
  core_->listens_on(std::move(address));
}

void cluster_state::use(link_handle links, caf::actor receiver) {
  links_ = std::move(links);
  receiver_ = std::move(receiver);
  tick();
}

void cluster_state::leave(bool at_once) {
  if (at_once)
    run(core_->leave());
  self_->delayed_send(self_, leave_delay, atom::stop_v);
}

// Who drops the links last waits for their thread, so it must not be this one.
void cluster_state::stop() {
  if (self_->context() == link_unit_.get())
    self_->delayed_send(self_, stop_retry, atom::stop_v);
  else
    self_->quit();
}

crdt::tick_time cluster_state::now() const {
  return tick_of(self_->clock().now());
}

// -- what happens -------------------------------------------------------------

void cluster_state::tick() {
  self_->delayed_send(self_, settings_.heartbeat_interval, atom::heartbeat_v);
  run(core_->tick(now()));
  publish_view();
}

void cluster_state::report_soon(const std::string& peer) {
  run(core_->report_due(peer));
}

void cluster_state::wake_up() {
  run(core_->wake_up(now()));
  publish_view();
}

void cluster_state::link_came(const link_up& link) {
  const auto id = number_of(link.id);
  if (const auto former = ids_.find(link.peer); former != ids_.end())
    link_went({link_id{static_cast<std::uint64_t>(former->second)}, link.peer,
               "the nodes have a new one"});
  ids_[link.peer] = id;
  ends_[id] = {link.peer, nullptr, link.traffic};
  crdt::allowed_names names;
  if (link.names)
    names = names_allowed_by(*link.names);
  run(core_->opened(
      {id, link.address, link.side == link_side::dialed, std::move(names)},
      now()));
}

void cluster_state::link_went(const link_down& link) {
  const auto id = number_of(link.id);
  if (const auto known = ids_.find(link.peer);
      known != ids_.end() && known->second == id)
    ids_.erase(known);
  ends_.erase(id);
  run(core_->closed(id, link.reason, now()));
}

void cluster_state::dial_came_back(dial_ended& dial) {
  crdt::dial_result result{dial.address, crdt::dial_outcome::opened, {}, {}};
  if (dial.result) {
    result.id = number_of(dial.result->id);
    if (const auto end = ends_.find(result.id); end != ends_.end())
      end->second.receiver = dial.result->published;
  } else {
    result.outcome = outcome_of(dial.result.error());
    result.reason = caf::to_string(dial.result.error());
  }
  run(core_->dial_ended(result, now()));
}

void cluster_state::take(frame_arrived& frame) {
  if (!links_)
    return;
  crdt::connection_id id{}; // No link has it.
  if (const auto known = ids_.find(frame.sender->node()); known != ids_.end()) {
    id = known->second;
    auto& end = ends_.at(id);
    if (!end.receiver)
      end.receiver = caf::actor_cast<caf::actor>(frame.sender);
    if (end.traffic)
      share_ = std::make_shared<const inflow_share>(end.traffic,
                                                    frame.bytes.size());
  }
  run(core_->take(id, std::move(frame.bytes), now()));
  share_.reset();
}

void cluster_state::take(link_heartbeat& heartbeat) {
  const auto id = number_of(heartbeat.id);
  const auto end = ends_.find(id);
  if (!links_ || end == ends_.end())
    return;
  ++heartbeats_direct_;
  const inflow_share share{end->second.traffic, heartbeat.packet.size()};
  run(core_->take(id, std::move(heartbeat.packet), now()));
}

void cluster_state::send_event(const topic_event& event) {
  run(core_->send_event(
      {event.topic, event.event, event.payload, event.is_binary}));
}

void cluster_state::tell(const tell_request& request) {
  run(core_->send_tell(request.topic, request.key, request.frame.bytes));
}

void cluster_state::end_topic(const end_topic_request& request) {
  run(core_->send_end_topic(request.topic));
}

// -- what the core decided ----------------------------------------------------

void cluster_state::run(crdt::cluster_effects effects) {
  for (auto& effect : effects)
    std::visit([this](auto& one) { run(one); }, effect);
  send_heartbeats();
}

void cluster_state::run(crdt::connect_to& effect) {
  const auto target = crdt::parse_peer_address(effect.address);
  if (!links_ || !target)
    return run(core_->dial_ended({effect.address,
                                  crdt::dial_outcome::unreachable,
                                  {},
                                  "not now, or no address"},
                                 now()));
  const caf::actor self = self_;
  links_->connect(
      target->host, target->port,
      [self,
       address = std::move(effect.address)](caf::expected<link_peer> result) {
        caf::anon_send(self, dial_ended{address, std::move(result)});
      });
}

void cluster_state::run(crdt::close_connection& effect) {
  if (links_)
    links_->close(link_id{static_cast<std::uint64_t>(effect.id)});
}

void cluster_state::run(crdt::send_packet& effect) {
  const bool may_pass_caf = links_ && heartbeat_frame::fits(effect.bytes);
  caf::message message;
  for (const auto id : effect.to) {
    const auto end = ends_.find(id);
    if (end == ends_.end() || !end->second.receiver)
      continue;
    const auto& to = end->second;
    if (may_pass_caf && to.may_pass_caf()) {
      ++to.traffic->sent;
      heartbeats_.push_back(
          {link_id{static_cast<std::uint64_t>(id)}, effect.bytes});
      continue;
    }
    send_heartbeats(); // They come first.
    if (to.traffic)
      ++to.traffic->sent;
    if (message.empty())
      message = caf::make_message(wire_frame{effect.bytes});
    caf::send_as(receiver_, to.receiver, message);
  }
}

void cluster_state::send_heartbeats() {
  if (!heartbeats_.empty())
    links_->send(std::exchange(heartbeats_, {}));
}

void cluster_state::run(crdt::to_shard& effect) {
  if (effect.shard >= node_->slots.size())
    return;
  replication_input input{std::move(effect.input), {}, {}};
  if (std::holds_alternative<crdt::interval_arrived>(input.input))
    input.share = share_;
  node_->slots[effect.shard]->leave_input(
      std::make_shared<const replication_input>(std::move(input)));
}

void cluster_state::run(crdt::to_all_shards& effect) {
  replication_input input{std::move(effect.input), {}, {}};
  if (effect.route)
    if (const auto end = ends_.find(*effect.route); end != ends_.end())
      input.route = {end->second.receiver, receiver_, caf::actor{self_},
                     sent_counter(end->second.traffic)};
  const auto shared
      = std::make_shared<const replication_input>(std::move(input));
  for (const auto& slot : node_->slots)
    slot->leave_input(shared);
}

void cluster_state::run(crdt::deliver_event& effect) {
  auto& from = effect.event;
  auto event = std::make_shared<topic_event>();
  event->topic = std::move(from.topic);
  event->event = std::move(from.name);
  event->payload = std::move(from.payload);
  event->is_binary = from.is_binary;
  if (const auto shard = node_->slot_of(event->topic).shard())
    caf::anon_send(shard, topic_event_ptr{std::move(event)});
}

void cluster_state::run(crdt::deliver_tell& effect) {
  const auto& [topic, key, bytes] = effect.tell;
  const auto message = tells_->decode(bytes);
  if (!message) {
    ++tells_refused_;
    log(log_level::warning, name,
        fmt::format("{} tells what is not allowed here: {}", effect.sender,
                    describe(message.error())));
    return;
  }
  if (message->match_elements<told_event>()) {
    const auto& told = message->get_as<told_event>(0);
    if (!is_good({topic, told.event, told.payload, told.is_binary})) {
      ++bad_tells_;
      return;
    }
  }
  node_->tell_here(topic, key, *message);
}

void cluster_state::run(crdt::deliver_last_seen& effect) {
  node_->watches->learn(effect.keys);
}

void cluster_state::run(crdt::deliver_end_topic& effect) {
  const auto& slot = node_->slot_of(effect.topic);
  slot.leave_input(std::make_shared<const replication_input>(replication_input{
      crdt::topic_ended{std::move(effect.topic)}, {}, share_}));
}

void cluster_state::run(crdt::wake_up_after& effect) {
  self_->delayed_send(self_, effect.pause, atom::report_v);
}

void cluster_state::run(crdt::log_line& effect) {
  log(level_of(effect.level), name, effect.text);
}

caf::behavior cluster_actor(caf::stateful_actor<cluster_state>* self,
                            cluster_setup setup) {
  self->state.start(std::move(setup));
  return {
      [self](const link_handle& links, const caf::actor& receiver) {
        self->state.use(links, receiver);
      },
      [self](atom::listening, std::string& address) {
        self->state.listens_on(std::move(address));
      },
      [self](const link_up& link) { self->state.link_came(link); },
      [self](const link_down& link) { self->state.link_went(link); },
      [self](dial_ended& dial) { self->state.dial_came_back(dial); },
      [self](link_heartbeat& heartbeat) { self->state.take(heartbeat); },
      [self](frame_arrived& frame) { self->state.take(frame); },
      [self](const topic_event_ptr& event) { self->state.send_event(*event); },
      [self](const tell_request& request) { self->state.tell(request); },
      [self](const end_topic_request& request) {
        self->state.end_topic(request);
      },
      [self](atom::heartbeat) { self->state.tick(); },
      [self](const report_due& due) { self->state.report_soon(due.peer); },
      [self](atom::report) { self->state.wake_up(); },
      [self](atom::leave, bool at_once) { self->state.leave(at_once); },
      [self](atom::stop) { self->state.stop(); },
  };
}

} // namespace rollcall
