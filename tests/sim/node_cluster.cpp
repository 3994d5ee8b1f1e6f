#include "tests/sim/node_cluster.hpp"

#include "tests/sim/last_seen_check.hpp"
#include "tests/sim/node_cluster_site.hpp"
#include "tests/sim/node_names.hpp"

#include <algorithm>
#include <stdexcept>

namespace rollcall::sim {

namespace {

constexpr duration step{50'000};
constexpr duration leave_delay{100'000};
constexpr std::uint64_t first_incarnation = 1'000'000;
constexpr std::uint64_t incarnations_apart = 1'000;

} // namespace

node_network::handlers node_cluster::handlers() {
  return {[this](std::size_t node, std::size_t peer, crdt::connection_id id,
                 bool is_dialed) {
            sites_[node]->process->opened({id, address_of(peer) + " (socket)",
                                           is_dialed,
                                           sites_[peer]->certificate});
          },
          [this](std::size_t node, crdt::connection_id id) {
            sites_[node]->process->closed(id);
          },
          [this](std::size_t node, std::size_t peer, crdt::dial_outcome outcome,
                 crdt::connection_id id) {
            sites_[node]->process->dial_ended(
                {address_of(peer), outcome, id, "no connection"});
          },
          [this](std::size_t node, crdt::connection_id id,
                 const std::string& bytes, bool is_forged) {
            sites_[node]->process->take(id, bytes, is_forged);
          }};
}

node_cluster::node_cluster(std::uint64_t seed, std::size_t node_count,
                           const node_settings& settings)
    : random{seed},
      network{time, random, node_count, handlers()},
      witness{node_count},
      settings_{settings} {
  for (std::size_t i = 0; i < node_count; ++i)
    sites_.push_back(std::make_unique<site>(*this, i));
  if (const auto most = settings.clock_error_max.count(); most != 0)
    for (const auto& here : sites_)
      here->clock_error_ms = random.below(static_cast<std::size_t>(most));
}

node_cluster::~node_cluster() = default;

// -- processes ----------------------------------------------------------------

bool node_cluster::is_running(std::size_t which) const {
  return sites_[which]->process != nullptr;
}

sim_node& node_cluster::process(std::size_t which) {
  return *sites_[which]->process;
}

bool node_cluster::is_disguised(std::size_t which) const {
  return sites_[which]->is_disguised;
}

std::uint64_t node_cluster::latest_incarnation(std::size_t name_of) const {
  const auto& used = sites_[name_of]->used;
  return used.empty() ? first_incarnation : *used.rbegin();
}

void node_cluster::start(std::size_t which) {
  start(which, latest_incarnation(which) + incarnations_apart, {});
}

void node_cluster::start_behind(std::size_t which, std::uint64_t by) {
  auto incarnation = latest_incarnation(which) - by;
  while (sites_[which]->used.contains(incarnation))
    --incarnation;
  start(which, incarnation, {});
}

void node_cluster::start_disguised(std::size_t which, const disguise& how) {
  const auto name_of = how.name_of.value_or(which);
  start(which, latest_incarnation(name_of) + incarnations_apart, how);
  sites_[which]->is_disguised = true;
}

void node_cluster::start(std::size_t which, std::uint64_t incarnation,
                         const disguise& how) {
  auto& here = *sites_[which];
  if (here.process)
    kill(which);
  here.named_as = how.name_of.value_or(which);
  here.is_disguised = false;
  here.certificate = how.certificate;
  sites_[here.named_as]->used.insert(incarnation);
  witness.restart(which);
  network.start(which);
  sim_identity self{{name_of(here.named_as), incarnation},
                    which < settings_.unlisted_count ? "" : address_of(which),
                    how.cluster_name,
                    {}};
  for (std::size_t i = 0; i < std::min(settings_.seed_count, size()); ++i)
    self.seeds.push_back(address_of(i));
  auto settings = settings_;
  settings.shard_count = how.shard_count.value_or(settings.shard_count);
  here.process = std::make_unique<sim_node>(self, settings,
                                            random.below(1u << 30), here);
  here.process->start();
}

void node_cluster::start_all() {
  for (std::size_t i = 0; i < sites_.size(); ++i)
    time.after(duration{random.below(200'000)}, [this, i] { start(i); });
  run_for(duration{200'000});
}

void node_cluster::kill(std::size_t which) {
  auto& here = *sites_[which];
  network.stop(which);
  ++kills;
  here.process.reset();
  here.owners.clear();
}

void node_cluster::leave(std::size_t which) {
  process(which).leave_cluster();
  network.after(which, leave_delay, [this, which] {
    // Not from within the process itself.
    time.after(duration{0}, [this, which] { kill(which); });
  });
}

// -- owners -------------------------------------------------------------------

std::string node_cluster::next_meta() {
  return "{\"v\":" + std::to_string(++writes) + "}";
}

node_shard& node_cluster::shard(std::size_t where, const std::string& topic) {
  return process(where).shard_of(topic);
}

bool node_cluster::join(std::size_t where, const std::string& key,
                        std::uint64_t owner, const std::string& topic,
                        std::uint32_t linger_ms) {
  const auto meta = next_meta();
  auto& here = *sites_[where];
  const auto id = here.owners.process_of(owner);
  if (!here.process->shard_of(topic).join(topic, key, id, meta, linger_ms))
    return false;
  here.owners.joined(topic, key, id, meta);
  return true;
}

bool node_cluster::update(std::size_t where, const std::string& key,
                          std::uint64_t owner, const std::string& topic) {
  const auto meta = next_meta();
  auto& here = *sites_[where];
  const auto id = here.owners.process_of(owner);
  here.owners.updated(topic, key, id, meta);
  return here.process->shard_of(topic).update(topic, key, id, meta);
}

bool node_cluster::leave(std::size_t where, const std::string& key,
                         std::uint64_t owner, const std::string& topic) {
  ++writes;
  auto& owners = sites_[where]->owners;
  const auto id = owners.process_of(owner);
  owners.left(topic, key, id);
  return sites_[where]->process->shard_of(topic).leave(topic, key, id);
}

void node_cluster::leave_all(std::size_t where, std::uint64_t owner) {
  ++writes;
  auto& owners = sites_[where]->owners;
  const auto id = owners.process_of(owner);
  owners.left_all(id);
  sites_[where]->process->leave_all(id);
}

void node_cluster::end_owner(std::size_t where, std::uint64_t owner,
                             leave_reason why) {
  ++writes;
  auto& owners = sites_[where]->owners;
  const auto id = owners.process_of(owner);
  owners.ended(owner);
  sites_[where]->process->end_owner(id, why);
}

void node_cluster::end_topic(std::size_t where, const std::string& topic) {
  ++writes;
  process(where).end_topic(topic);
}

void node_cluster::late_call(std::size_t where, const std::string& key,
                             std::uint64_t owner, const std::string& topic) {
  auto& here = *sites_[where];
  const auto former = here.owners.former_process_of(owner);
  if (!former)
    return;
  auto& there = shard(where, topic);
  switch (random.below(4)) {
  case 0:
    there.leave(topic, key, *former);
    return;
  case 1:
    there.update(topic, key, *former, next_meta());
    return;
  case 2:
    return here.process->leave_all(*former);
  default:
    there.join(topic, key, *former, next_meta(), 500);
  }
}

void node_cluster::broadcast(std::size_t where, const std::string& topic,
                             std::size_t digits) {
  process(where).broadcast(topic, "{\"v\":" + std::string(digits, '7') + "}");
}

void node_cluster::tell(std::size_t where, const std::string& key,
                        const std::string& topic) {
  process(where).tell(topic, key, "message");
}

// -- time ---------------------------------------------------------------------

void node_cluster::run_for(duration how_long) {
  time.run_until(time.now() + how_long);
}

std::optional<std::string> node_cluster::settle(duration patience) {
  const auto end = time.now() + patience;
  while (difference() && time.now() < end)
    run_for(4 * step);
  return difference();
}

void node_cluster::set_cut(std::size_t a, std::size_t b, bool is_cut) {
  network.set_cut(a, b, is_cut);
  network.set_cut(b, a, is_cut);
}

// -- what there is to see -----------------------------------------------------

std::set<std::string> node_cluster::shown(std::size_t observer) {
  std::set<std::string> result;
  for (const auto& shard : process(observer).shards())
    result.merge(shard->shown());
  return result;
}

bool node_cluster::shows(std::size_t observer, const std::string& key,
                         const std::string& topic) {
  auto& shard = process(observer).shard_of(topic);
  const auto list = shard.list(topic);
  return std::any_of(list.begin(), list.end(), [&](const std::string& line) {
    return line.starts_with(key + "/");
  });
}

std::size_t node_cluster::count(crdt::node_event_kind kind) const {
  return static_cast<std::size_t>(
      std::count_if(events.begin(), events.end(),
                    [&](const auto& each) { return each.event.kind == kind; }));
}

std::uint64_t node_cluster::sum_of(std::uint64_t sim_node::*counter) const {
  std::uint64_t result = 0;
  for (const auto& here : sites_)
    if (here->process)
      result += (*here->process).*counter;
  return result;
}

std::uint64_t node_cluster::traffic() const {
  return sum_of(&sim_node::shard_packets);
}

std::uint64_t node_cluster::last_seen_traffic() const {
  return sum_of(&sim_node::last_seen_packets);
}

std::optional<std::string> node_cluster::tell_all_seen(duration patience) {
  constexpr duration quiet = std::chrono::seconds{3};
  for (const auto end = time.now() + patience; time.now() < end;) {
    const auto before = last_seen_traffic();
    run_for(quiet);
    if (last_seen_traffic() == before)
      return std::nullopt;
  }
  return "nodes tell each other for ever when keys were seen";
}

std::set<std::string> node_cluster::truth() const {
  std::set<std::string> result;
  for (const auto& here : sites_)
    here->owners.add_to(result);
  return result;
}

std::optional<std::string> node_cluster::difference() {
  for (const auto& here : sites_)
    if (here->process)
      if (auto problem = difference(*here))
        return problem;
  if (auto problem = different_last_seen())
    return problem;
  return double_session();
}

std::optional<std::string> node_cluster::difference(site& where) {
  const auto name = name_of(where.index);
  for (const auto& other : sites_) {
    if (other->index == where.index)
      continue;
    const auto peer_name = name_of(other->index);
    const auto peer = where.process->members().peer(peer_name, time.now());
    if ((peer && peer->is_up) != (other->process != nullptr))
      return name + " is wrong about " + peer_name;
    for (const auto& shard : where.process->shards())
      if (shard->core().unacknowledged(peer_name) != 0)
        return name + " waits for " + peer_name;
  }
  for (const auto& peer : where.process->members().peers(time.now()))
    if (!peer.who.name.starts_with('n')
        || (peer.is_up && !is_known_address(peer.address)))
      return name + " knows a node that never was: " + peer.who.name;
  for (const auto& peer : where.process->core().peers(time.now()))
    if (peer.connection && peer.lag.behind != 0)
      return peer.view.who.name + " has not told " + name + " what it knows";
  for (const auto& shard : where.process->shards())
    if (shard->set().replicas().size() > sites_.size())
      return name + " remembers earlier incarnations";
  if (auto problem = where.process->difference())
    return name + ": " + *problem;
  if (const auto problem = where.process->core().problem(); !problem.empty())
    return name + " is not ready: " + problem;
  return compare(where);
}

std::optional<std::string> node_cluster::different_last_seen() const {
  if (settings_.last_seen_for == duration{0})
    return std::nullopt;
  last_seen_check check{settings_.last_seen_max};
  for (const auto& here : sites_)
    if (here->process && !check.add(here->process->last_seen()))
      return name_of(here->index) + " saw keys at other times";
  return std::nullopt;
}

std::optional<std::string> node_cluster::double_session() const {
  std::set<std::pair<std::string, std::string>> sessions;
  for (const auto& here : sites_)
    if (const auto both
        = here->owners.add_to(sessions, settings_.single_session))
      return "a key has two sessions: " + *both;
  return std::nullopt;
}

/// What a node shows against what owners hold, with the first difference.
std::optional<std::string> node_cluster::compare(site& where) {
  const auto is = shown(where.index), should = truth();
  for (const auto& text : is)
    if (!should.contains(text))
      return name_of(where.index) + " shows what no owner holds: " + text;
  for (const auto& text : should)
    if (!is.contains(text))
      return name_of(where.index) + " does not show what is held: " + text;
  return std::nullopt;
}

} // namespace rollcall::sim
