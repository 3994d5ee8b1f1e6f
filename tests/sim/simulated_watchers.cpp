#include "tests/sim/simulated_watchers.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <variant>

namespace rollcall::sim {

namespace {

/// How late the changes of one step are: a thread may be held up between its
/// step and its word of it.
duration delay_of(std::uint64_t step) {
  constexpr std::array<duration::rep, 5> delays{0, 40, 0, 0, 7};
  return duration{delays[step % delays.size()]};
}

/// Of a presence as "topic/key/...".
std::string key_of(const std::string& shown) {
  const auto topic_end = shown.find('/');
  return shown.substr(topic_end + 1,
                      shown.find('/', topic_end + 1) - topic_end - 1);
}

crdt::follow_settings settings_of(const node_settings& settings) {
  return {settings.diff_window,
          6,
          4,
          {settings.last_seen_for, settings.last_seen_max}};
}

} // namespace

simulated_watchers::simulated_watchers(const node_settings& settings,
                                       node_shard_host& host, all_shown shown,
                                       simulated_ranges ranges)
    : settings_{settings},
      host_{host},
      shown_{std::move(shown)},
      core_{settings_of(settings)},
      ranges_{std::move(ranges)} {
  for (auto& one : followers_)
    one.id = {++last_id_};
  if (core_.seen().is_kept())
    start_to_listen();
}

// -- the threads of writers ---------------------------------------------------

void simulated_watchers::changed(const crdt::changes& all) {
  if (!listens_ || all.empty())
    return;
  ++on_the_way_;
  host_.after(delay_of(++steps_), [this, all] {
    --on_the_way_;
    core_.take(all, host_.now());
    for (const auto& one : all) {
      if (one.is_update())
        continue; // It may come after the end of its presence.
      if (one.after)
        hooks_.changed(std::string{one.after->key()}, 1, host_.now());
      if (one.before)
        hooks_.changed(std::string{one.before->key()}, -1, host_.now());
    }
    counts_.take(all);
    for (const auto& one : all)
      ranges_.changed(one.topic->name());
    wake();
  });
}

/// What is there when the first one follows.
void simulated_watchers::start_to_listen() {
  if (std::exchange(listens_, true))
    return;
  for (const auto& text : shown_()) {
    core_.add(text.substr(0, text.find('/')), key_of(text), host_.now());
    hooks_.changed(key_of(text), 1, host_.now());
  }
}

// -- followers ----------------------------------------------------------------

void simulated_watchers::follow(std::size_t who, const std::string& prefix,
                                const std::vector<std::string>& keys) {
  start_to_listen();
  auto& one = followers_[who];
  auto wanted = one.wanted;
  for (const auto& key : keys)
    wanted.insert({prefix, key});
  const auto answer = core_.follow(one.id, prefix, keys);
  if (answer == crdt::follow_core::answer::done)
    one.wanted = wanted;
  else if (answer == crdt::follow_core::answer::too_many && wanted.size() <= 6)
    throw std::logic_error{"a follower may not follow what it could"};
  if (one.wanted.size() > 6)
    throw std::logic_error{"a follower follows more than it may"};
  wake();
}

void simulated_watchers::unfollow(std::size_t who, const std::string& prefix,
                                  const std::vector<std::string>& keys) {
  auto& one = followers_[who];
  core_.unfollow(one.id, prefix, keys);
  for (const auto& key : keys) {
    one.wanted.erase({prefix, key});
    one.told.erase({prefix, key});
  }
}

void simulated_watchers::end_follower(std::size_t who) {
  core_.forget(followers_[who].id);
  counts_.forget(followers_[who].id);
  ranges_.forget(followers_[who].id);
  followers_[who] = {{++last_id_}, {}, {}, {}};
}

void simulated_watchers::watch_counts(std::size_t who,
                                      const std::string& pattern,
                                      duration interval) {
  start_to_listen();
  auto& one = followers_[who];
  if (counts_.watch(one.id, pattern, interval))
    one.counts[pattern] = {interval, false, {}, {}};
  else if (one.counts.size() < 3)
    throw std::logic_error{"a watcher may not watch what it could"};
  wake();
}

void simulated_watchers::unwatch_counts(std::size_t who,
                                        const std::string& pattern) {
  counts_.unwatch(followers_[who].id, pattern);
  followers_[who].counts.erase(pattern);
}

void simulated_watchers::watch_range(std::size_t who, const std::string& topic,
                                     crdt::presence_range range,
                                     duration interval) {
  start_to_listen();
  ranges_.watch(followers_[who].id, topic, range, interval);
  wake();
}

void simulated_watchers::unwatch_range(std::size_t who,
                                       const std::string& topic,
                                       crdt::presence_range range) {
  ranges_.unwatch(followers_[who].id, topic, range);
}

void simulated_watchers::start_hooks(std::size_t share) {
  start_to_listen();
  hooks_.start(share, host_.now());
  wake();
}

void simulated_watchers::call_hooks(std::size_t share) {
  ++hooks_called_;
  host_.after(settings_.hook_time, [this, share] {
    --hooks_called_;
    if (hooks_.ask(share, host_.now()))
      call_hooks(share);
  });
}

// -- the dispatcher -----------------------------------------------------------

void simulated_watchers::wake() {
  if (is_up_)
    host_.after(settings_.hook_time, [this, incarnation = incarnation_] {
      if (is_up_ && incarnation == incarnation_)
        work();
    });
}

void simulated_watchers::work() {
  while (true) {
    if (deliveries_left_ && (*deliveries_left_)-- == 0) {
      deliveries_left_.reset();
      return crash_now();
    }
    if (!deliver_next())
      return wait();
    ++deliveries;
  }
}

bool simulated_watchers::deliver_next() {
  for (const auto share : core_.take_hearers(host_.now()))
    call_hooks(share);
  if (const auto status = core_.next(host_.now())) {
    std::visit([this](const auto& one) { deliver(one); }, *status);
    return true;
  }
  const auto count = counts_.next(host_.now());
  if (count)
    deliver(*count);
  return count || ranges_.deliver_next(host_.now());
}

/// It had taken a delivery, which is lost with it.
void simulated_watchers::crash_now() {
  static_cast<void>(core_.take_hearers(host_.now()));
  static_cast<void>(core_.next(host_.now()));
  static_cast<void>(counts_.next(host_.now()));
  ranges_.lose_next(host_.now());
  is_up_ = false;
  ++incarnation_;
  timers_ = {};
  host_.after(settings_.restart_after, [this] {
    is_up_ = true;
    core_.tell_all_again();
    counts_.tell_all_again();
    ranges_.start_anew();
    wake();
  });
}

void simulated_watchers::wait() {
  const auto offline = core_.next_deadline();
  if (offline
      && (*offline <= host_.now()
          || *offline > host_.now() + settings_.diff_window))
    throw std::logic_error{"a key goes offline too late"};
  const auto next = next_deadline();
  if (!next)
    return;
  if (timers_.start(*next))
    host_.after(*next - host_.now(), [this, incarnation = incarnation_] {
      if (!is_up_ || incarnation != incarnation_)
        return;
      timers_.fired(host_.now());
      work();
    });
}

simulated_watchers::follower* simulated_watchers::find(crdt::subscriber_id id) {
  const auto found
      = std::find_if(followers_.begin(), followers_.end(),
                     [id](const follower& one) { return one.id == id; });
  return found == followers_.end() ? nullptr : &*found;
}

void simulated_watchers::deliver(const crdt::follow_state_delivery& one) {
  auto* to = find(one.to);
  if (to == nullptr)
    throw std::logic_error{"a follower that ended is told of keys"};
  const auto tell = [&](const std::vector<std::string>& keys, bool is_online) {
    for (const auto& key : keys) {
      if (!to->wanted.contains({one.topic_prefix, key}))
        throw std::logic_error{"a follower is told of a key of others"};
      to->told[{one.topic_prefix, key}] = is_online;
    }
  };
  tell(one.online, true);
  tell(one.offline, false);
}

void simulated_watchers::deliver(const crdt::status_delivery& one) {
  for (const auto id : one.to) {
    auto* to = find(id);
    if (to == nullptr || !to->wanted.contains({one.topic_prefix, one.key}))
      throw std::logic_error{"somebody hears of a key that it does not follow"};
    const auto told = to->told.find({one.topic_prefix, one.key});
    if (told == to->told.end())
      throw std::logic_error{"a change is told before the state"};
    if (told->second == one.is_online)
      throw std::logic_error{"a change is told that is none"};
    told->second = one.is_online;
  }
}

void simulated_watchers::deliver(const crdt::count_delivery& delivery) {
  const auto now = sizes_of("*");
  for (const auto id : delivery.to) {
    auto* to = find(id);
    if (to == nullptr || !to->counts.contains(delivery.pattern))
      throw std::logic_error{"somebody hears of counts that it does not watch"};
    auto& told = to->counts.at(delivery.pattern);
    if (delivery.is_all) {
      told.is_told = true;
      told.sizes = sizes_of(delivery.pattern);
      continue;
    }
    if (!told.is_told)
      throw std::logic_error{"a count is told before all were"};
    if (told.last_change && host_.now() < *told.last_change + told.interval)
      throw std::logic_error{"counts are told too often"};
    told.last_change = host_.now();
    for (const auto& topic : delivery.topics) {
      told.sizes.erase(topic);
      if (const auto size = now.find(topic); size != now.end())
        told.sizes.insert(*size);
    }
  }
}

std::optional<moment> simulated_watchers::next_deadline() const {
  std::optional<moment> result;
  for (const auto one : {core_.next_deadline(), counts_.next_deadline(),
                         ranges_.next_deadline()})
    if (one && (!result || *one < *result))
      result = one;
  return result;
}

/// How large the topics of a pattern are, those that are not empty.
std::map<std::string, std::size_t>
simulated_watchers::sizes_of(const std::string& pattern) const {
  std::map<std::string, std::size_t> result;
  for (const auto& text : shown_()) {
    const auto topic = text.substr(0, text.find('/'));
    if (pattern.ends_with('*')
            ? topic.starts_with(pattern.substr(0, pattern.size() - 1))
            : topic == pattern)
      ++result[topic];
  }
  return result;
}

// -- what there is to see -----------------------------------------------------

std::optional<std::string> simulated_watchers::difference() {
  if (!is_up_ || on_the_way_ != 0 || hooks_called_ != 0 || next_deadline())
    return "watchers are not told all yet";
  const auto shown = shown_();
  std::set<std::string> online;
  for (const auto& text : shown)
    online.insert(key_of(text));
  if (auto problem = hooks_.difference(online))
    return problem;
  for (const auto& one : followers_)
    if (auto problem = difference(one, shown))
      return problem;
  return ranges_.difference();
}

std::optional<std::string>
simulated_watchers::difference(const follower& one,
                               const std::vector<std::string>& shown) const {
  for (const auto& wanted : one.wanted) {
    const auto& [prefix, key] = wanted;
    const bool is_online
        = std::any_of(shown.begin(), shown.end(), [&](const auto& text) {
            return text.starts_with(prefix)
                   && text.substr(text.find('/')).starts_with("/" + key + "/");
          });
    const auto told = one.told.find(wanted);
    if (told == one.told.end() || told->second != is_online)
      return "a follower is wrong about " + key;
    if (core_.is_online(key, prefix) != is_online)
      return "who asks gets it wrong about " + key;
  }
  for (const auto& [pattern, told] : one.counts)
    if (!told.is_told || told.sizes != sizes_of(pattern))
      return "a watcher is wrong about the counts of " + pattern;
  return std::nullopt;
}

} // namespace rollcall::sim
