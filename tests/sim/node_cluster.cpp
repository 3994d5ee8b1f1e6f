#include "tests/sim/node_cluster.hpp"

#include <algorithm>
#include <stdexcept>

namespace rollcall::sim {

namespace {

constexpr duration step{50'000};
constexpr duration last_words{100'000};
constexpr std::uint64_t first_life = 1'000'000;
constexpr std::uint64_t lives_apart = 1'000; ///< Between two incarnations.
/// Between the numbers of two processes that are one owner after the other.
constexpr std::uint64_t processes_apart = 1'000;

std::string text_of(const std::string& topic, const std::string& key,
                    std::uint64_t owner, const std::string& meta) {
  return topic + "/" + key + "/" + std::to_string(owner) + "/" + meta;
}

} // namespace

struct node_cluster::site : node_host {
  site(node_cluster& all_, std::size_t index_) : all{all_}, index{index_} {
  }

  moment now() override {
    return all.time.now();
  }
  void after(duration delay, simulated_time::action what) override {
    all.network.after(index, delay, std::move(what));
  }
  void dial(std::size_t peer) override {
    all.network.dial(index, peer);
  }
  void send(line_id line, std::string bytes) override {
    all.network.send(index, line, std::move(bytes));
  }
  void close(line_id line) override {
    all.network.break_line(line);
  }
  std::uint64_t outgrow(std::uint64_t known) override {
    // One more is not enough: another life may have done the same.
    auto next = known + 1 + all.random.below(lives_apart / 2);
    while (!used.insert(next).second)
      ++next;
    return next;
  }
  void beats(std::uint64_t counter) override {
    all.witness.beats(*process, counter);
  }
  void on_event(const crdt::node_event& event, std::uint64_t counter) override {
    all.events.push_back({all.time.now(), index, event});
    all.witness.on_event(index, event, counter);
  }
  void on_changes(std::size_t shard, const crdt::changes& changes,
                  bool is_about_node) override {
    all.witness.on_changes(index, *process, shard, changes, is_about_node);
  }

  node_cluster& all;
  std::size_t index;
  std::unique_ptr<node_process> process;
  std::set<std::uint64_t> used; ///< Incarnations.
  std::map<identity, std::string> owned;
  std::map<std::uint64_t, std::uint64_t> ends; ///< Processes, by owner.
};

node_cluster::node_cluster(std::uint64_t seed, std::size_t node_count,
                           const node_settings& settings)
    : random{seed},
      network{
          time,
          random,
          node_count,
          {[this](std::size_t node, std::size_t peer, line_id line) {
             sites_[node]->process->line_opened(peer, line);
           },
           [this](std::size_t node, line_id line) {
             sites_[node]->process->line_closed(line);
           },
           [this](std::size_t node, line_id line, const std::string& bytes) {
             sites_[node]->process->take(line, bytes);
           }}},
      witness{node_count},
      settings_{settings} {
  for (std::size_t i = 0; i < node_count; ++i)
    sites_.push_back(std::make_unique<site>(*this, i));
}

node_cluster::~node_cluster() = default;

// -- processes ----------------------------------------------------------------

bool node_cluster::is_running(std::size_t which) const {
  return sites_[which]->process != nullptr;
}

node_process& node_cluster::process(std::size_t which) {
  return *sites_[which]->process;
}

std::uint64_t node_cluster::latest_life(std::size_t which) const {
  const auto& used = sites_[which]->used;
  return used.empty() ? first_life : *used.rbegin();
}

void node_cluster::start(std::size_t which) {
  start(which, latest_life(which) + lives_apart);
}

void node_cluster::start_behind(std::size_t which, std::uint64_t by) {
  auto incarnation = latest_life(which) - by;
  while (sites_[which]->used.contains(incarnation))
    --incarnation;
  start(which, incarnation);
}

void node_cluster::start(std::size_t which, std::uint64_t incarnation) {
  auto& here = *sites_[which];
  if (here.process)
    kill(which);
  here.used.insert(incarnation);
  witness.restart(which);
  network.start(which);
  here.process = std::make_unique<node_process>(
      crdt::node_life{"n" + std::to_string(which), incarnation}, which,
      sites_.size(), settings_, here);
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
  here.process.reset();
  here.owned.clear();
  here.ends.clear();
}

void node_cluster::leave(std::size_t which) {
  process(which).leave_cluster();
  network.after(which, last_words, [this, which] {
    // Not from within the process itself.
    time.after(duration{0}, [this, which] { kill(which); });
  });
}

// -- owners -------------------------------------------------------------------

std::size_t node_cluster::shard_of(const std::string& topic) const {
  return static_cast<std::size_t>(topic.back()) % settings_.shard_count;
}

std::string node_cluster::next_meta() {
  return "{\"v\":" + std::to_string(++writes) + "}";
}

std::uint64_t node_cluster::process_of(std::size_t where,
                                       std::uint64_t owner) const {
  const auto& ends = sites_[where]->ends;
  const auto found = ends.find(owner);
  return owner + (found == ends.end() ? 0 : found->second * processes_apart);
}

node_shard& node_cluster::shard(std::size_t where, const std::string& topic) {
  return *process(where).shards()[shard_of(topic)];
}

bool node_cluster::join(std::size_t where, const std::string& key,
                        std::uint64_t owner, const std::string& topic,
                        std::uint32_t linger_ms) {
  const auto meta = next_meta();
  const auto id = process_of(where, owner);
  auto& here = *sites_[where];
  if (!here.process->join(shard_of(topic), topic, key, id, meta, linger_ms))
    return false;
  here.owned[{topic, key, id}] = text_of(topic, key, id, meta);
  return true;
}

bool node_cluster::update(std::size_t where, const std::string& key,
                          std::uint64_t owner, const std::string& topic) {
  const auto meta = next_meta();
  const auto id = process_of(where, owner);
  auto& here = *sites_[where];
  if (const auto found = here.owned.find({topic, key, id});
      found != here.owned.end())
    found->second = text_of(topic, key, id, meta);
  return here.process->update(shard_of(topic), topic, key, id, meta);
}

bool node_cluster::leave(std::size_t where, const std::string& key,
                         std::uint64_t owner, const std::string& topic) {
  ++writes;
  const auto id = process_of(where, owner);
  sites_[where]->owned.erase({topic, key, id});
  return sites_[where]->process->leave(shard_of(topic), topic, key, id);
}

void node_cluster::forget_owned(site& where, std::uint64_t id) {
  std::erase_if(where.owned, [id](const auto& held) {
    return std::get<2>(held.first) == id;
  });
}

void node_cluster::leave_all(std::size_t where, std::uint64_t owner) {
  ++writes;
  const auto id = process_of(where, owner);
  forget_owned(*sites_[where], id);
  sites_[where]->process->leave_all(id);
}

void node_cluster::end_owner(std::size_t where, std::uint64_t owner,
                             bool lingers) {
  ++writes;
  const auto id = process_of(where, owner);
  ++sites_[where]->ends[owner];
  forget_owned(*sites_[where], id);
  sites_[where]->process->end_owner(id, lingers);
}

void node_cluster::late_call(std::size_t where, const std::string& key,
                             std::uint64_t owner, const std::string& topic) {
  auto& here = *sites_[where];
  if (here.ends[owner] == 0)
    return;
  const auto id = process_of(where, owner) - processes_apart;
  const auto shard = shard_of(topic);
  switch (random.below(4)) {
  case 0:
    here.process->leave(shard, topic, key, id);
    return;
  case 1:
    here.process->update(shard, topic, key, id, next_meta());
    return;
  case 2:
    return here.process->leave_all(id);
  default:
    here.process->join(shard, topic, key, id, next_meta(), 500);
  }
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
  auto& shard = *process(observer).shards()[shard_of(topic)];
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

std::uint64_t node_cluster::traffic() const {
  std::uint64_t result = 0;
  for (const auto& here : sites_)
    if (here->process)
      result += here->process->requests + here->process->intervals;
  return result;
}

std::set<std::string> node_cluster::truth() const {
  std::set<std::string> result;
  for (const auto& here : sites_)
    for (const auto& [who, text] : here->owned)
      result.insert(text);
  return result;
}

std::optional<std::string> node_cluster::difference() {
  for (const auto& here : sites_)
    if (here->process)
      if (auto problem = difference(*here))
        return problem;
  return std::nullopt;
}

std::optional<std::string> node_cluster::difference(site& where) {
  const auto name = "n" + std::to_string(where.index);
  for (const auto& other : sites_) {
    if (other->index == where.index)
      continue;
    const auto peer_name = "n" + std::to_string(other->index);
    const auto peer = where.process->members().peer(peer_name, time.now());
    if ((peer && peer->is_up) != (other->process != nullptr))
      return name + " is wrong about " + peer_name;
    for (const auto& shard : where.process->shards())
      if (shard->core().unacknowledged(peer_name) != 0)
        return name + " waits for " + peer_name;
  }
  for (const auto& shard : where.process->shards())
    if (shard->report().size() > sites_.size())
      return name + " remembers earlier lives";
    else if (!shard->is_complete())
      return name + " is not complete";
    else if (auto problem = shard->difference())
      return name + ": " + *problem;
  return compare(where);
}

/// What a node shows against what owners hold, with the first difference.
std::optional<std::string> node_cluster::compare(site& where) {
  const auto name = "n" + std::to_string(where.index);
  const auto is = shown(where.index);
  const auto should = truth();
  for (const auto& text : is)
    if (!should.contains(text))
      return name + " shows what no owner holds: " + text;
  for (const auto& text : should)
    if (!is.contains(text))
      return name + " does not show what an owner holds: " + text;
  return std::nullopt;
}

} // namespace rollcall::sim
