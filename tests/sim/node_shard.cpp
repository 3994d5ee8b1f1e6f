#include "tests/sim/node_shard.hpp"

#include "crdt/shard/flush_round.hpp"
#include "tests/sim/require.hpp"
#include "tests/sim/topic_check.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>

namespace rollcall::sim {

namespace {

constexpr std::size_t own_checked_each_step_max = 300;

} // namespace

node_shard::node_shard(const crdt::replica_id& self,
                       const node_settings& settings, node_shard_host& host)
    : settings_{settings},
      host_{host},
      core_{self, settings},
      dispatcher_{core_, settings, host},
      sessions_{settings_.single_session, core_, own_},
      ends_{own_} {
}

// -- after each step, in whatever thread --------------------------------------

/// Does what `shard_table::settle` and the caller do.
void node_shard::settle(bool is_about_node) {
  const auto done = std::exchange(effects_, {});
  if (const auto problem = view_.take(done.changes))
    throw std::logic_error{*problem};
  host_.on_changes(core_.set().self().shard, done.changes, is_about_node);
  for (const auto& each : sessions_.take(done))
    host_.on_replaced(each.topic->name(), std::string{each.presence->key()},
                      each.owner);
  watch_ends(done);
  if (!done.changes.empty())
    check_own_step();
  for (const auto& watch : done.owners)
    change(watch);
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
  if (!done.changes.empty() && core_.has_flush())
    tell_shard();
}

/// Tells the shard's actor that there is something to wait for.
void node_shard::tell_shard() {
  if (!std::exchange(is_told_, true))
    to_shard([this] {
      is_told_ = false;
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

/// After each step, while that does not take longer than all the rest; with
/// many presences `check` does it, once a heartbeat.
void node_shard::check_own_step() const {
  if (own_.size() <= own_checked_each_step_max)
    check_own();
}

// -- owners -------------------------------------------------------------------

bool node_shard::join(const std::string& topic, const std::string& key,
                      std::uint64_t owner, const std::string& meta,
                      std::uint32_t linger_ms) {
  const auto* node = core_.set().topic(topic);
  const bool is_refused = sessions_.is_refused(topic, key);
  const bool has_room = node == nullptr
                        || node->size() - sessions_.making_room(topic, key)
                               < settings_.presences_per_topic_max;
  const bool is_expected
      = !is_refused && own_.track(topic, key, owner, meta, linger_ms, has_room);
  const auto answer = core_.track(
      topic, crdt::stored_entry::make(key, meta, owner, linger_ms), host_.now(),
      effects_, host_.wall_ms());
  require((answer.why == crdt::refusal::none) == is_expected,
          "a track was answered wrongly");
  require(answer.why != crdt::refusal::key_taken || is_refused,
          "a key was refused that nobody has");
  settle();
  if (is_expected)
    sessions_.check_login(topic, *core_.set().find(topic, key, owner));
  return is_expected;
}

bool node_shard::update(const std::string& topic, const std::string& key,
                        std::uint64_t owner, const std::string& meta) {
  const bool is_expected = own_.holds(topic, key, owner);
  const auto found = core_.find_own(topic, key, owner);
  const auto update_from = [&](const std::optional<crdt::dot>& before) {
    return core_
        .update(topic, crdt::stored_entry::make(key, meta, owner), before,
                host_.now(), effects_)
        .why;
  };
  // Somebody else was faster: the one that was read is replaced.
  require(update_from(crdt::dot{tag(), 0})
              == (is_expected ? crdt::refusal::conflict
                              : crdt::refusal::not_tracked),
          "an update of an earlier version was answered wrongly");
  own_.update(topic, key, owner, meta);
  require(
      update_from(found ? std::optional{found->dot()} : std::nullopt)
          == (is_expected ? crdt::refusal::none : crdt::refusal::not_tracked),
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

void node_shard::end_owner(std::uint64_t owner, leave_reason why) {
  ended_owners_.emplace(owner, owner_end{why});
  if (watched_owners_.contains(owner))
    host_.after(duration{0}, [this, owner] { owner_ended(owner); });
}

/// As `shard_slot::settle`: in the caller's thread, after the step.
void node_shard::change(const crdt::owner_watch& watch) {
  if (watch.starts)
    require(owners_.insert(watch.owner).second, "an owner started twice");
  else
    require(owners_.erase(watch.owner) == 1, "an owner ended twice");
  host_.after(duration{0}, [this, watch] {
    const auto found = watched_owners_.find(watch.owner);
    if (!watch.starts && found != watched_owners_.end())
      watched_owners_.erase(found);
    else if (!watch.starts)
      return; // It ended meanwhile.
    else if (ended_owners_.contains(watch.owner))
      owner_ended(watch.owner); // Whoever ended is heard of at once.
    else
      watched_owners_.insert(watch.owner);
  });
}

/// In the thread in which the owner ends, whatever the shard's actor does.
void node_shard::owner_ended(std::uint64_t owner) {
  watched_owners_.erase(owner);
  const auto why = ended_owners_.at(owner).why;
  own_.owner_ended(owner, why == leave_reason::lost, host_.now());
  const auto before = core_.next_wake_up();
  core_.owner_ended(owner, why, host_.now(), effects_);
  owners_.erase(owner);
  settle();
  const auto after = core_.next_wake_up();
  if (after && (!before || *after < *before))
    tell_shard();
}

// -- subscribers --------------------------------------------------------------

bool node_shard::subscribe(const std::string& topic, std::size_t who) {
  const auto id = dispatcher_.id_of(who);
  const auto answer
      = core_.subscribe(topic, id, dispatcher_.wants_passed(who), effects_);
  const bool is_taken = answer.why == crdt::refusal::none;
  require(dispatcher_.subscribed(topic, id) == is_taken,
          "a subscription was answered wrongly");
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
  const auto dropped = core_.queue().dropped_events();
  const auto event = dispatcher_.next_event(topic);
  core_.publish({topic, event.content}, effects_);
  require((core_.queue().dropped_events() == dropped) == event.is_passed_on,
          "an event was dropped, or was not though too many waited");
  settle();
}

// -- the shard's actor --------------------------------------------------------

/// A message to the shard's actor; lost if it is down, or crashes before.
void node_shard::to_shard(simulated_time::action action) {
  if (!is_shard_up_)
    return;
  host_.after(duration{0}, [this, incarnation = shard_incarnation_,
                            action = std::move(action)] {
    if (is_shard_up_ && incarnation == shard_incarnation_)
      action();
  });
}

void node_shard::crash_shard() {
  if (!std::exchange(is_shard_up_, false))
    return;
  ++shard_incarnation_;
  shard_timers_ = {};
  host_.after(settings_.restart_after, [this] { start_shard(); });
}

void node_shard::start_shard() {
  is_shard_up_ = true;
  wait();
  // What told its predecessor that there is work is lost.
  to_shard([this] {
    is_told_ = false;
    take_inputs();
    wait();
  });
}

void node_shard::wake() {
  const auto now = host_.now();
  shard_timers_.fired(now);
  const bool has_ended = own_.tick(now);
  core_.tick(now, effects_);
  settle();
  if (has_ended)
    check_own_step();
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
  const auto linger_end = own_.next_end();
  require(!linger_end || (next && *next <= *linger_end),
          "a presence would linger for too long");
  if (!next || !is_shard_up_ || !shard_timers_.start(*next))
    return;
  const auto soonest = core_.is_ending_topics() ? topic_end_pause : duration{0};
  host_.after(std::max(soonest, *next - host_.now()),
              [this, incarnation = shard_incarnation_] {
                if (is_shard_up_ && incarnation == shard_incarnation_)
                  wake();
              });
}

// -- the cluster --------------------------------------------------------------

/// What the cluster has for the shard waits while the actor is down.
void node_shard::take(const crdt::shard_input& input, bool is_forged) {
  if (const auto* ended = std::get_if<crdt::topic_ended>(&input))
    ends_.asked(ended->topic);
  inbox_.push_back({input, is_forged});
  if (is_shard_up_)
    take_inputs();
}

void node_shard::take_inputs() {
  while (!inbox_.empty()) {
    const auto [input, is_forged] = std::move(inbox_.front());
    inbox_.pop_front();
    if (const auto* arrived = std::get_if<crdt::interval_arrived>(&input)) {
      if (std::exchange(crashes_by_interval_, false))
        return crash_shard(); // It is lost: whoever crashes by it has it.
      read(*arrived, is_forged);
      continue;
    }
    core_.take(input, host_.now(), effects_);
    settle(std::holds_alternative<crdt::node_changed>(input));
    wait();
  }
}

void node_shard::read(const crdt::interval_arrived& arrived, bool is_forged) {
  crdt::interval interval;
  const auto unread
      = wire::decode(std::as_bytes(std::span{arrived.content()}), interval);
  require(unread == wire::decode_error::none || is_forged,
          "an interval was refused");
  require(!wire::to_string(unread).empty(), "an error without a name");
  if (unread != wire::decode_error::none)
    return;
  const auto result = core_.received(
      arrived.peer, interval, arrived.packet.size(), host_.now(), effects_);
  require(result != crdt::apply_result::malformed, "an interval was malformed");
  require(!is_forged || result == crdt::apply_result::stranger,
          "an interval of nobody was taken");
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
  core_.set().for_each_topic([this](const crdt::topic_node& topic) {
    const auto all = core_.list(topic.name());
    check_topic(topic, all);
    sessions_.check_topic(topic.name(), all);
  });
  check_own();
}

std::optional<std::string> node_shard::difference() {
  check();
  if (!is_shard_up_)
    return "a shard is down";
  if (!ends_.is_idle())
    return "a topic has not ended yet";
  const std::set<std::uint64_t> watched{watched_owners_.begin(),
                                        watched_owners_.end()};
  if (watched != own_.owners() || watched.size() != watched_owners_.size())
    return "a shard does not watch over just the owners";
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
