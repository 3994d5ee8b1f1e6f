#include "tests/sim/sim_node.hpp"

#include <map>
#include <span>
#include <stdexcept>
#include <tuple>
#include <variant>

namespace rollcall::sim {

namespace {

/// The only JSON that simulated nodes send each other: `{"v":1}` and the like.
bool is_simple_json(std::string_view text, std::size_t) {
  constexpr std::string_view head = "{\"v\":";
  if (!text.starts_with(head) || !text.ends_with('}'))
    return false;
  text.remove_prefix(head.size());
  text.remove_suffix(1);
  return !text.empty()
         && text.find_first_not_of("0123456789") == std::string_view::npos;
}

crdt::cluster_settings core_settings(const sim_identity& self,
                                     const node_settings& settings,
                                     std::uint64_t seed) {
  return {self.cluster_name,
          self.seeds,
          settings.membership,
          settings.retry_min,
          settings.retry_max,
          true,
          1'024,
          seed};
}

std::optional<std::uint64_t> counter_in(const std::string& bytes) {
  if (wire::kind_of(bytes) != wire::packet_kind::heartbeat)
    return std::nullopt;
  const auto heartbeat = wire::decode_heartbeat(bytes);
  if (!heartbeat)
    return std::nullopt;
  return heartbeat->membership.counter;
}

std::vector<std::unique_ptr<node_shard>>
make_shards(const crdt::node_incarnation& self, const node_settings& settings,
            node_shard_host& host) {
  std::vector<std::unique_ptr<node_shard>> result;
  for (std::uint16_t i = 0; i < settings.shard_count; ++i)
    result.push_back(std::make_unique<node_shard>(
        crdt::replica_id{self.name, self.incarnation, i, 0}, settings, host));
  return result;
}

} // namespace

sim_node::sim_node(const sim_identity& self, const node_settings& settings,
                   std::uint64_t seed, sim_host& host)
    : settings_{settings},
      host_{host},
      shards_{make_shards(self.incarnation, settings, *this)},
      watchers_{settings, *this, [this] { return all_shown(); }, make_ranges()},
      core_{self.incarnation, core_settings(self, settings, seed), *this,
            is_simple_json} {
  core_.listens_on(self.address);
}

void sim_node::start() {
  tick();
}

// -- what happens -------------------------------------------------------------

void sim_node::tick() {
  host_.after(settings_.membership.heartbeat_interval, [this] { tick(); });
  auto effects = core_.tick(host_.now());
  host_.made_heartbeat(members().counter());
  run(std::move(effects));
  for (auto& shard : shards_)
    shard->check();
  check_lags();
}

/// What is told of peers is the sum of what the shards tell.
void sim_node::check_lags() const {
  for (const auto& peer : core_.peers(host_.now())) {
    std::size_t unacknowledged = 0;
    for (const auto& shard : shards_)
      unacknowledged += shard->core().unacknowledged(peer.view.who.name);
    if (peer.lag.unacknowledged != unacknowledged)
      throw std::logic_error{"what a peer owes does not add up"};
    if ((peer.lag.behind == 0 && peer.lag.oldest.count() != 0)
        || peer.lag.oldest < crdt::tick_time{0}
        || peer.lag.oldest > host_.now())
      throw std::logic_error{"the age of what a peer lacks cannot be"};
  }
}

void sim_node::opened(const crdt::opened_connection& connection) {
  run(core_.opened(connection, host_.now()));
}

void sim_node::closed(crdt::connection_id id) {
  run(core_.closed(id, "the network closed it", host_.now()));
}

void sim_node::dial_ended(const crdt::dial_result& result) {
  run(core_.dial_ended(result, host_.now()));
}

void sim_node::take(crdt::connection_id from, const std::string& bytes,
                    bool is_forged) {
  if (wire::kind_of(bytes) == wire::packet_kind::shard)
    ++intervals;
  const auto bad_before = core_.counters().bad_packets;
  auto effects = core_.take(from, bytes, host_.now());
  if (!is_forged && core_.counters().bad_packets != bad_before)
    throw std::logic_error{"a packet of a node was refused"};
  const auto* sender = core_.connections().find(from);
  const auto counter = is_forged ? std::nullopt : counter_in(bytes);
  if (counter && sender != nullptr && sender->node)
    cause_.emplace(*sender->node, *counter);
  is_forged_ = is_forged;
  run(std::move(effects));
  is_forged_ = false;
  cause_.reset();
}

node_shard& sim_node::shard_of(const std::string& topic) {
  return *shards_[static_cast<std::size_t>(topic.back()) % shards_.size()];
}

void sim_node::end_owner(std::uint64_t owner, leave_reason why) {
  for (auto& shard : shards_)
    shard->end_owner(owner, why);
}

void sim_node::leave_all(std::uint64_t owner) {
  for (auto& shard : shards_)
    shard->leave_all(owner);
}

void sim_node::end_topic(const std::string& topic) {
  shard_of(topic).end_topic(
      topic, [this, topic] { run(core_.send_end_topic(topic)); });
}

void sim_node::broadcast(const std::string& topic, const std::string& payload) {
  run(core_.send_event({topic, "event", payload, false}));
}

void sim_node::tell(const std::string& topic, const std::string& key,
                    const std::string& message) {
  std::string packet;
  wire::encode(wire::tell{topic, key, message}, packet);
  run(core_.send_tell(topic, key, packet));
}

void sim_node::leave_cluster() {
  run(core_.leave());
}

std::optional<std::string> sim_node::difference() {
  for (const auto& shard : shards_)
    if (!shard->is_complete())
      return "it is not complete";
    else if (auto problem = shard->difference())
      return problem;
  return watchers_.difference();
}

std::map<std::string, moment> sim_node::last_seen() const {
  const auto now = host_.now();
  const auto page
      = watchers_.core().seen().read_after(0, {true, {}, 1'000'000}, now);
  std::map<std::string, moment> result;
  for (const auto& one : page.keys)
    result[one.key] = now - one.age;
  return result;
}

bool sim_node::is_connected_to(const std::string& name) const {
  return core_.connections().to_node(name).has_value();
}

// -- what the core decided ----------------------------------------------------

void sim_node::run(crdt::cluster_effects effects) {
  for (const auto& effect : effects)
    std::visit([this](const auto& one) { run(one); }, effect);
}

void sim_node::run(const crdt::connect_to& effect) {
  host_.connect(effect.address);
}

void sim_node::run(const crdt::close_connection& effect) {
  host_.close(effect.id);
}

void sim_node::run(const crdt::send_packet& effect) {
  if (wire::kind_of(effect.bytes) == wire::packet_kind::last_seen)
    last_seen_packets += effect.to.size();
  if (wire::kind_of(effect.bytes) == wire::packet_kind::heartbeat) {
    heartbeats += effect.to.size();
    heartbeat_bytes += effect.to.size() * effect.bytes.size();
  }
  for (const auto to : effect.to)
    host_.send(to, effect.bytes);
}

void sim_node::run(const crdt::to_shard& effect) {
  if (effect.shard < shards_.size())
    shards_[effect.shard]->take(effect.input, is_forged_);
}

void sim_node::run(const crdt::to_all_shards& effect) {
  if (const auto* changed = std::get_if<crdt::node_changed>(&effect.input)) {
    const auto& event = changed->event;
    host_.on_event(event,
                   cause_ && cause_->first == event.who ? cause_->second : 0);
  }
  for (auto& shard : shards_)
    shard->take(effect.input);
}

void sim_node::run(const crdt::deliver_event& effect) {
  if (!effect.event.is_binary && !effect.event.payload.empty()
      && !is_simple_json(effect.event.payload, 0))
    throw std::logic_error{"an event that nobody should get was delivered"};
  events.push_back(effect.event);
}

void sim_node::run(const crdt::deliver_tell& effect) {
  told.push_back(effect);
}

void sim_node::run(const crdt::deliver_last_seen& effect) {
  watchers_.learn(effect.keys);
}

void sim_node::run(const crdt::deliver_end_topic& effect) {
  shard_of(effect.topic).take(crdt::topic_ended{effect.topic});
}

void sim_node::run(const crdt::wake_up_after& effect) {
  host_.after(effect.pause, [this] { run(core_.wake_up(host_.now())); });
}

void sim_node::run(const crdt::log_line& effect) {
  if (effect.text.empty())
    throw std::logic_error{"a line for the log says nothing"};
}

// -- what the shards need -----------------------------------------------------

moment sim_node::now() {
  return host_.now();
}

void sim_node::after(duration delay, simulated_time::action action) {
  host_.after(delay, std::move(action));
}

void sim_node::send(const std::string& peer, std::string bytes) {
  const auto to = core_.connections().to_node(peer);
  if (!to)
    return;
  ++shard_packets;
  if (wire::kind_of(bytes) == wire::packet_kind::request)
    ++requests;
  host_.send(*to, bytes);
}

/// A message from the shard's actor to that of the cluster.
void sim_node::hurry_reports(const std::set<std::string>& peers) {
  for (const auto& peer : peers)
    host_.after(duration{0}, [this, peer] { run(core_.report_due(peer)); });
}

void sim_node::on_changes(std::size_t shard, const crdt::changes& all,
                          bool is_about_node) {
  host_.on_changes(shard, all, is_about_node);
  watchers_.changed(all);
}

std::vector<std::string> sim_node::all_shown() const {
  std::vector<std::string> result;
  for (const auto& shard : shards_)
    for (const auto& [dot, text] : shard->shown_by_dot())
      result.push_back(text);
  return result;
}

simulated_ranges sim_node::make_ranges() const {
  return {[this](const std::string& topic,
                 std::span<const crdt::presence_range> ranges) {
            for (const auto& shard : shards_)
              if (const auto* node = shard->set().topic(topic))
                return node->windows(ranges);
            return std::vector<crdt::range_window>(ranges.size());
          },
          [this](const std::string& topic) { return places_of(topic); }};
}

/// By what is shown, "topic/key/owner/meta", and not by how tables keep it.
std::vector<crdt::dot> sim_node::places_of(const std::string& topic) const {
  using place = std::tuple<std::string, crdt::replica_tag, std::uint64_t>;
  std::map<place, crdt::dot> result;
  for (const auto& shard : shards_)
    for (const auto& [dot, text] : shard->shown_by_dot()) {
      const auto key = text.find('/') + 1;
      const auto owner = text.find('/', key) + 1;
      if (text.substr(0, key - 1) == topic)
        result.emplace(place{text.substr(key, owner - 1 - key), dot.replica,
                             std::stoull(text.substr(owner))},
                       dot);
    }
  std::vector<crdt::dot> in_order;
  for (const auto& [where, dot] : result)
    in_order.push_back(dot);
  return in_order;
}

std::uint64_t sim_node::wall_ms() {
  return host_.wall_ms();
}

void sim_node::on_replaced(const std::string& topic, const std::string& key,
                           std::uint64_t owner) {
  host_.on_replaced(topic, key, owner);
}

// -- what the core asks the shards --------------------------------------------

std::size_t sim_node::count() const {
  return shards_.size();
}

std::uint64_t sim_node::version() const {
  std::uint64_t sum = 0;
  for (const auto& shard : shards_)
    sum += shard->core().version();
  return sum;
}

std::vector<crdt::known_replica>
sim_node::known_to(std::size_t shard, const crdt::node_incarnation& peer,
                   const std::vector<crdt::node_incarnation>& doubtful) const {
  const auto& core = shards_[shard]->core();
  auto answer = core.known_to(peer, doubtful);
  if (doubtful.empty()) {
    // Who knows the version does not ask again.
    auto& [version, before] = answers_[{shard, peer}];
    if (version == core.version() + 1 && before != answer)
      throw std::logic_error{"a shard's answer changed, its version did not"};
    version = core.version() + 1; // 0 is none
    before = answer;
  }
  return answer;
}

bool sim_node::is_settled(std::size_t shard, const std::string& peer) const {
  return shards_[shard]->core().is_settled(peer);
}

bool sim_node::is_complete(std::size_t shard) const {
  return shards_[shard]->is_complete();
}

crdt::shard_lag sim_node::lag(std::size_t shard, const std::string& peer,
                              crdt::tick_time now) const {
  const auto lag = shards_[shard]->core().lag(peer, now);
  return {lag.behind, lag.oldest, lag.unacknowledged};
}

crdt::key_writers sim_node::writers_of(const std::string& topic,
                                       const std::string& key) const {
  const auto index = static_cast<std::size_t>(topic.back()) % shards_.size();
  crdt::key_writers result{static_cast<std::uint16_t>(index), {}};
  for (const auto& presence : shards_[index]->snapshot_of(topic))
    if (presence.key() == key)
      result.replicas.insert(presence.dot().replica);
  return result;
}

crdt::last_seen::page
sim_node::last_seen_after(crdt::last_seen::position where,
                          const crdt::last_seen::selection& wanted,
                          crdt::tick_time now) const {
  auto part = wanted;
  part.bytes = settings_.last_seen_page_bytes;
  return watchers_.core().seen().read_after(where, part, now);
}

} // namespace rollcall::sim
