#include "tests/sim/node_shard.hpp"

#include "crdt/shard/flush_round.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>

namespace rollcall::sim {

namespace {

crdt::shard_settings settings_of(const node_settings& settings) {
  crdt::shard_settings result;
  result.presences_per_topic_max = settings.presences_per_topic_max;
  result.subscribers_per_topic_max = settings.subscribers_per_topic_max;
  result.has_hooks = settings.has_hooks;
  result.replication = settings.replication;
  result.chunk_bytes = settings.chunk_bytes;
  result.deaths_max = settings.deaths_max;
  result.waiting = settings.waiting;
  return result;
}

void require(bool is_so, const char* otherwise) {
  if (!is_so)
    throw std::logic_error{otherwise};
}

} // namespace

node_shard::node_shard(const crdt::replica_id& self,
                       const node_settings& settings, node_shard_host& host)
    : settings_{settings},
      host_{host},
      core_{self, settings_of(settings)},
      dispatcher_{core_, settings, host} {
}

// -- after each step, in whatever thread --------------------------------------

/// Does what `shard_table::settle` and the caller do.
void node_shard::settle(bool is_about_node) {
  const auto done = std::exchange(effects_, {});
  if (const auto problem = view_.take(done.changes))
    throw std::logic_error{*problem};
  host_.on_changes(core_.set().self().shard, done.changes, is_about_node);
  if (!done.changes.empty())
    check_own();
  for (const auto& watch : done.owners) {
    if (watch.starts)
      require(owners_.insert(watch.owner).second, "an owner started twice");
    else
      require(owners_.erase(watch.owner) == 1, "an owner ended twice");
    owner_events_.push_back(watch);
  }
  for (const auto& question : done.questions) {
    std::string bytes;
    wire::encode(wire::request{core_.set().self().shard, question.replica,
                               question.known},
                 bytes);
    host_.send(question.peer, std::move(bytes));
  }
  if (!done.reports_due.empty())
    host_.hurry_reports(done.reports_due);
  if (done.wakes_dispatcher)
    dispatcher_.wake();
  const bool has_work
      = !owner_events_.empty() || (!done.changes.empty() && core_.has_flush());
  if (has_work && !std::exchange(is_told_, true))
    to_shard([this] {
      is_told_ = false;
      watch_owners();
      wait();
    });
}

/// Own presences are what the model says.
void node_shard::check_own() const {
  std::multiset<std::string> shown;
  const auto& all = view_.shown();
  for (auto it = all.lower_bound({tag(), 0});
       it != all.end() && it->first.replica == tag(); ++it)
    shown.insert(it->second);
  require(shown == own_.shown(), "a shard does not hold what its owners do");
}

// -- owners -------------------------------------------------------------------

bool node_shard::join(const std::string& topic, const std::string& key,
                      std::uint64_t owner, const std::string& meta,
                      std::uint32_t linger_ms) {
  const auto* node = core_.set().topic(topic);
  const bool has_room
      = node == nullptr || node->size() < settings_.presences_per_topic_max;
  const bool is_expected
      = own_.track(topic, key, owner, meta, linger_ms, has_room);
  const auto answer = core_.track(
      topic, crdt::stored_entry::make(key, meta, owner, linger_ms), host_.now(),
      effects_);
  require((answer.why == crdt::refusal::none) == is_expected,
          "a track was answered wrongly");
  settle();
  return is_expected;
}

bool node_shard::update(const std::string& topic, const std::string& key,
                        std::uint64_t owner, const std::string& meta) {
  const bool is_expected = own_.update(topic, key, owner, meta);
  const auto answer
      = core_.update(topic, crdt::stored_entry::make(key, meta, owner), {},
                     host_.now(), effects_);
  require((answer.why == crdt::refusal::none) == is_expected,
          "an update was answered wrongly");
  settle();
  return is_expected;
}

bool node_shard::leave(const std::string& topic, const std::string& key,
                       std::uint64_t owner) {
  const bool is_there = own_.untrack(topic, key, owner);
  core_.untrack(topic, key, owner, host_.now(), effects_);
  settle();
  return is_there;
}

void node_shard::leave_all(std::uint64_t owner) {
  own_.untrack_owner(owner);
  core_.untrack_owner(owner, host_.now(), effects_);
  settle();
}

void node_shard::end_owner(std::uint64_t owner, bool lingers) {
  ended_owners_.emplace(owner, owner_end{lingers});
  if (monitored_owners_.contains(owner))
    to_shard([this, owner] { owner_ended(owner); });
}

// -- subscribers
// ----------------------------------------------------------------

bool node_shard::subscribe(const std::string& topic, std::size_t who) {
  const auto id = dispatcher_.id_of(who);
  const auto answer
      = core_.subscribe(topic, id, dispatcher_.wants_passed(who), effects_);
  const bool is_taken = answer.why == crdt::refusal::none;
  if (is_taken)
    dispatcher_.subscribed(topic, id);
  settle();
  return is_taken;
}

void node_shard::unsubscribe(const std::string& topic, std::size_t who) {
  const auto id = dispatcher_.id_of(who);
  core_.unsubscribe(topic, id, effects_);
  dispatcher_.unsubscribed(topic, id);
  settle();
}

void node_shard::publish(const std::string& topic) {
  core_.publish({topic, dispatcher_.next_event(topic)}, effects_);
  settle();
}

// -- the shard's actor --------------------------------------------------------

/// A message to the shard's actor; lost if it is down, or crashes before.
void node_shard::to_shard(simulated_time::action what) {
  if (!is_shard_up_)
    return;
  host_.after(duration{0}, [this, life = shard_life_, what = std::move(what)] {
    if (is_shard_up_ && life == shard_life_)
      what();
  });
}

void node_shard::crash_shard() {
  if (!std::exchange(is_shard_up_, false))
    return;
  ++shard_life_;
  monitored_owners_.clear();
  shard_timers_ = {};
  host_.after(settings_.restart_after, [this] { start_shard(); });
}

void node_shard::start_shard() {
  is_shard_up_ = true;
  owner_events_.clear();
  for (const auto owner : owners_)
    monitor_owner(owner);
  wait();
  // What told its predecessor that there is work is lost.
  to_shard([this] {
    is_told_ = false;
    watch_owners();
    wait();
  });
}

void node_shard::watch_owners() {
  for (const auto& event : std::exchange(owner_events_, {}))
    if (event.starts)
      monitor_owner(event.owner);
    else
      monitored_owners_.erase(event.owner);
}

/// Whoever monitors an actor that has ended hears of its end at once.
void node_shard::monitor_owner(std::uint64_t owner) {
  monitored_owners_.insert(owner);
  if (ended_owners_.contains(owner))
    to_shard([this, owner] { owner_ended(owner); });
}

void node_shard::owner_ended(std::uint64_t owner) {
  if (monitored_owners_.erase(owner) == 0)
    return;
  const auto lingers = ended_owners_.at(owner).lingers;
  own_.owner_ended(owner, lingers, host_.now());
  core_.owner_ended(owner, lingers, host_.now(), effects_);
  owners_.erase(owner);
  settle();
  wait();
}

void node_shard::wake() {
  const auto now = host_.now();
  shard_timers_.fired(now);
  own_.tick(now);
  core_.tick(now, effects_);
  settle();
  const auto send = [this](const std::string& peer, const std::string& bytes) {
    const auto owed = core_.unacknowledged(peer);
    require(owed < settings_.replication.window_bytes + bytes.size(),
            "sent beyond the window");
    host_.send(peer, bytes);
  };
  if (crdt::flush_round(core_, core_.set().self().shard, now, send))
    to_shard([this] { wake(); });
  else
    wait();
}

void node_shard::wait() {
  const auto next = core_.next_wake_up();
  if (!next || !is_shard_up_ || !shard_timers_.start(*next))
    return;
  host_.after(std::max(duration{0}, *next - host_.now()),
              [this, life = shard_life_] {
                if (is_shard_up_ && life == shard_life_)
                  wake();
              });
}

// -- the cluster --------------------------------------------------------------

/// What comes in while the actor is down waits for the next one: in the real
/// node it is lost, and a crash in the middle of a message is not simulated.
void node_shard::take(const crdt::shard_input& input) {
  if (const auto* arrived = std::get_if<crdt::interval_arrived>(&input))
    return read(*arrived);
  core_.take(input, host_.now(), effects_);
  settle(std::holds_alternative<crdt::node_changed>(input));
  wait();
}

void node_shard::read(const crdt::interval_arrived& arrived) {
  crdt::interval interval;
  require(wire::decode(std::as_bytes(std::span{arrived.content()}), interval)
              == wire::decode_error::none,
          "an interval was refused");
  require(core_.received(arrived.peer, interval, arrived.packet.size(),
                         host_.now(), effects_)
              != crdt::apply_result::malformed,
          "an interval was malformed");
  settle();
  wait();
}

// -- what there is to see -----------------------------------------------------

void node_shard::check() {
  const auto problem
      = view_.compare(core_.set(), [this](const std::string& topic) {
          return core_.list(topic);
        });
  if (problem)
    throw std::logic_error{*problem};
  check_own();
}

std::optional<std::string> node_shard::difference() {
  check();
  if (!is_shard_up_)
    return "a shard is down";
  if (monitored_owners_ != own_.owners())
    return "a shard does not monitor just the owners";
  return dispatcher_.difference();
}

std::vector<std::string> node_shard::list(const std::string& topic) {
  std::vector<std::string> result;
  for (const auto& presence : core_.list(topic))
    result.push_back(std::string{presence.key()} + "/"
                     + std::string{presence.meta()});
  return result;
}

std::set<std::string> node_shard::shown() const {
  std::set<std::string> result;
  for (const auto& [dot, text] : view_.shown())
    result.insert(text);
  return result;
}

} // namespace rollcall::sim
