#include "tests/sim/simulated_followers.hpp"

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

crdt::follow_settings settings_of(const node_settings& settings) {
  return {settings.diff_window, 6, 4};
}

} // namespace

simulated_followers::simulated_followers(const node_settings& settings,
                                         node_shard_host& host, all_shown shown)
    : settings_{settings},
      host_{host},
      shown_{std::move(shown)},
      core_{settings_of(settings)} {
  for (auto& one : followers_)
    one.id = {++last_id_};
}

// -- the threads of writers ---------------------------------------------------

void simulated_followers::changed(const crdt::changes& all) {
  if (!listens_ || all.empty())
    return;
  ++on_the_way_;
  host_.after(delay_of(++steps_), [this, all] {
    --on_the_way_;
    core_.take(all, host_.now());
    wake();
  });
}

/// What is there when the first one follows.
void simulated_followers::start_to_listen() {
  if (std::exchange(listens_, true))
    return;
  for (const auto& text : shown_()) {
    const auto topic_end = text.find('/');
    const auto key_end = text.find('/', topic_end + 1);
    core_.add(text.substr(0, topic_end),
              text.substr(topic_end + 1, key_end - topic_end - 1), host_.now());
  }
}

// -- followers ----------------------------------------------------------------

void simulated_followers::follow(std::size_t who, const std::string& prefix,
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

void simulated_followers::unfollow(std::size_t who, const std::string& prefix,
                                   const std::vector<std::string>& keys) {
  auto& one = followers_[who];
  core_.unfollow(one.id, prefix, keys);
  for (const auto& key : keys) {
    one.wanted.erase({prefix, key});
    one.told.erase({prefix, key});
  }
}

void simulated_followers::end_follower(std::size_t who) {
  core_.forget(followers_[who].id);
  followers_[who] = {{++last_id_}, {}, {}};
}

// -- the dispatcher -----------------------------------------------------------

void simulated_followers::wake() {
  if (is_up_)
    host_.after(settings_.hook_time, [this, life = life_] {
      if (is_up_ && life == life_)
        work();
    });
}

void simulated_followers::work() {
  while (true) {
    if (deliveries_left_ && (*deliveries_left_)-- == 0) {
      deliveries_left_.reset();
      return crash_now();
    }
    const auto next = core_.next(host_.now());
    if (!next)
      return wait();
    ++deliveries;
    std::visit([this](const auto& one) { deliver(one); }, *next);
  }
}

/// It had taken a delivery, which is lost with it.
void simulated_followers::crash_now() {
  static_cast<void>(core_.next(host_.now()));
  is_up_ = false;
  ++life_;
  timers_ = {};
  host_.after(settings_.restart_after, [this] {
    is_up_ = true;
    core_.tell_all_again();
    wake();
  });
}

void simulated_followers::wait() {
  const auto next = core_.next_deadline();
  if (!next)
    return;
  if (*next <= host_.now() || *next > host_.now() + settings_.diff_window)
    throw std::logic_error{"a key goes offline too late"};
  if (timers_.start(*next))
    host_.after(*next - host_.now(), [this, life = life_] {
      if (!is_up_ || life != life_)
        return;
      timers_.fired(host_.now());
      work();
    });
}

simulated_followers::follower*
simulated_followers::find(crdt::subscriber_id id) {
  const auto found
      = std::find_if(followers_.begin(), followers_.end(),
                     [id](const follower& one) { return one.id == id; });
  return found == followers_.end() ? nullptr : &*found;
}

void simulated_followers::deliver(const crdt::follow_state_delivery& one) {
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

void simulated_followers::deliver(const crdt::status_delivery& one) {
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

// -- what there is to see -----------------------------------------------------

std::optional<std::string> simulated_followers::difference() {
  if (!is_up_ || on_the_way_ != 0 || core_.next_deadline())
    return "followers are not told all yet";
  const auto shown = shown_();
  const auto is_shown
      = [&shown](const std::string& prefix, const std::string& key) {
          return std::any_of(shown.begin(), shown.end(), [&](const auto& text) {
            return text.starts_with(prefix)
                   && text.substr(text.find('/')).starts_with("/" + key + "/");
          });
        };
  for (const auto& one : followers_)
    for (const auto& wanted : one.wanted) {
      const auto told = one.told.find(wanted);
      const bool is_online = is_shown(wanted.first, wanted.second);
      if (told == one.told.end() || told->second != is_online)
        return "a follower is wrong about " + wanted.second;
      if (core_.is_online(wanted.second, wanted.first) != is_online)
        return "who asks gets it wrong about " + wanted.second;
    }
  return std::nullopt;
}

} // namespace rollcall::sim
