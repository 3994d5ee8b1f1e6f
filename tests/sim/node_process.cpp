#include "tests/sim/node_process.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>

namespace rollcall::sim {

namespace {

constexpr duration redial_after{150'000};

/// Which heartbeat of its own told of a node; 0 if it was told by others, who
/// may be behind.
std::uint64_t counter_of(const crdt::node_life& who,
                         const crdt::heartbeat* cause) {
  return cause != nullptr && cause->sender == who ? cause->counter : 0;
}

} // namespace

node_process::node_process(crdt::node_life self, std::size_t index,
                           std::size_t node_count,
                           const node_settings& settings, node_host& host)
    : index_{index},
      node_count_{node_count},
      settings_{settings},
      host_{host},
      membership_{self, {}, settings.membership} {
  for (std::uint16_t i = 0; i < settings.shard_count; ++i)
    shards_.push_back(std::make_unique<node_shard>(
        crdt::replica_id{self.name, self.incarnation, i, 0}, settings,
        static_cast<node_shard_host&>(*this)));
}

void node_process::start() {
  tick();
}

// -- time ---------------------------------------------------------------------

void node_process::tick() {
  host_.after(settings_.membership.heartbeat_interval, [this] { tick(); });
  handle(membership_.tick(host_.now()), nullptr);
  plan_relays();
  host_.beats(membership_.beat(host_.now()).counter);
  send_beat();
  dial_who_is_missing();
  for (auto& here : shards_)
    here->check();
}

wire::beat node_process::make_beat() {
  wire::beat result;
  result.membership = membership_.beat(host_.now());
  for (const auto& here : shards_)
    result.shards.push_back(here->report());
  return result;
}

void node_process::send_beat() {
  std::string bytes;
  wire::encode(make_beat(), bytes);
  for (const auto& [id, to] : lines_)
    if (to.life)
      host_.send(id, bytes);
}

void node_process::dial_who_is_missing() {
  for (std::size_t peer = 0; peer < node_count_; ++peer) {
    const bool has_line
        = std::any_of(lines_.begin(), lines_.end(), [&](const auto& item) {
            return item.second.peer == peer;
          });
    auto& next = next_dial_[peer];
    if (peer == index_ || has_line || host_.now() < next)
      continue;
    next = host_.now() + redial_after;
    host_.dial(peer);
  }
}

void node_process::plan_relays() {
  std::string key = std::to_string(reopened_);
  std::unordered_set<std::string> direct;
  std::map<std::string, std::vector<crdt::node_life>> plan;
  const auto at = host_.now();
  const auto peers = membership_.peers(at);
  for (const auto& peer : peers)
    if (peer.is_direct) {
      direct.insert(peer.who.name);
      key += peer.who.name + ";";
    }
  for (const auto& [id, to] : lines_) {
    if (!to.life)
      continue;
    auto& origins = plan[to.life->name];
    key += "|" + to.life->name + "#" + std::to_string(id);
    for (const auto& origin : peers)
      if (origin.is_up
          && membership_.is_relay(origin.who.name, to.life->name, at)) {
        origins.push_back(origin.who);
        key += "," + origin.who.name + "/"
               + std::to_string(origin.who.incarnation);
      }
  }
  if (key == std::exchange(last_plan_, key))
    return;
  tell_shards(crdt::relays_changed{direct, {plan.begin(), plan.end()}});
}

// -- membership ---------------------------------------------------------------

void node_process::handle(const std::vector<crdt::node_event>& events,
                          const crdt::heartbeat* cause) {
  for (const auto& event : events) {
    host_.on_event(event, counter_of(event.who, cause));
    if (event.kind == crdt::node_event_kind::conflict)
      outgrow(event.who.incarnation);
    else
      tell_shards(crdt::node_changed{event});
  }
}

void node_process::tell_shards(const crdt::shard_input& input) {
  for (const auto& here : shards_)
    here->take(input);
}

void node_process::outgrow(std::uint64_t incarnation) {
  if (membership_.self().incarnation > incarnation)
    return;
  membership_.reincarnate(host_.outgrow(incarnation));
  ++reopened_;
  tell_shards(crdt::node_changed{
      {crdt::node_event_kind::conflict, membership_.self()}});
  for (auto& [id, to] : lines_)
    to.was_greeted = false;
  for (auto& [id, to] : lines_)
    if (to.life) {
      greet(id, to);
      tell_shards(crdt::peer_connected{to.life->name});
    }
}

void node_process::leave_cluster() {
  for (const auto& [id, to] : lines_)
    if (to.life)
      send_packet(id, wire::leaving{membership_.self()});
}

// -- lines --------------------------------------------------------------------

void node_process::line_opened(std::size_t peer, line_id id) {
  auto& here = lines_[id];
  here.peer = peer;
  greet(id, here);
}

void node_process::line_closed(line_id id) {
  drop_line(id);
  dial_who_is_missing();
}

void node_process::greet(line_id id, peer_line& to) {
  if (!std::exchange(to.was_greeted, true))
    send_packet(id, wire::hello{wire::protocol_version,
                                "sim",
                                membership_.self(),
                                shards_.size(),
                                {}});
}

void node_process::drop_line(line_id id) {
  const auto found = lines_.find(id);
  if (found == lines_.end())
    return;
  const auto life = found->second.life;
  lines_.erase(found);
  if (!life || line_to(life->name))
    return;
  membership_.lose_line(life->name);
  tell_shards(crdt::peer_disconnected{life->name});
}

std::optional<line_id> node_process::line_to(const std::string& name) const {
  for (const auto& [id, to] : lines_)
    if (to.life && to.life->name == name)
      return id;
  return std::nullopt;
}

bool node_process::has_line_to(const std::string& name) const {
  return line_to(name).has_value();
}

} // namespace rollcall::sim
