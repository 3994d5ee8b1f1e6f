#include "actors/runtime.hpp"

#include "actors/calling_thread.hpp"
#include "actors/ending_unit.hpp"
#include "actors/owner_monitor.hpp"
#include "actors/send_in.hpp"
#include "rollcall/error.hpp"
#include "rollcall/log.hpp"
#include "rollcall/testing/actor_turn.hpp"

#include <caf/actor_cast.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <ctime>
#include <map>
#include <utility>

namespace rollcall {

namespace {

/// In microseconds since 1970.
std::uint64_t wall_clock() noexcept {
  std::timespec now{};
  std::timespec_get(&now, TIME_UTC);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000
         + static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

caf::error inside_actor() {
  return make_error(ec::inside_actor,
                    "an actor or a hook asked for the stop: it began, and "
                    "nobody waits for its end");
}

config with_incarnation(config settings) noexcept {
  // A name of this life of the node need only differ from the ones before.
  if (settings.incarnation == 0)
    settings.incarnation = wall_clock();
  return settings;
}

} // namespace

shard_slot::shard_slot(const crdt::replica_id& self, const config& settings,
                       const hooks_factory& make_hooks,
                       std::shared_ptr<watch_slot> with)
    : table{std::make_shared<shard_table>(self, settings,
                                          static_cast<bool>(make_hooks))},
      dispatch{
          std::make_shared<dispatch_links>(table, with, settings, make_hooks)},
      watches{std::move(with)} {
}

caf::error shard_slot::check_open() const {
  if (is_open())
    return {};
  return make_error(ec::shard_unavailable,
                    "the shard crashed for good, or Rollcall was stopped");
}

void shard_slot::close() noexcept {
  is_open_.store(false);
  dispatch->hooks.end();
}

void shard_slot::settle(const shard_table::outcome& outcome,
                        const caf::strong_actor_ptr& who,
                        caf::execution_unit* context) {
  const auto [number, starts] = outcome.watch;
  if (number != 0 && starts)
    owner_monitor::start(shared_from_this(), who, number);
  else if (number != 0)
    owner_monitor::stop(*this, who, number);
  tell_replaced(outcome.replaced);
  for (const auto& idle : outcome.idle)
    owner_monitor::stop(*this, idle.who, idle.watch);
  if (outcome.wakes_dispatcher)
    send_in(context, dispatcher(), atom::wake_v);
  if (outcome.wakes_shard && wake_up->raise())
    send_in(context, shard(), atom::written_v);
  watches->changed(outcome.told_to, outcome.changes(), context);
}

void shard_slot::tell_replaced(
    const std::vector<shard_table::replaced_owner>& owners) const {
  for (const auto& [who, watch, notice] : owners) {
    if (who && watch != 0)
      owner_monitor::stop(*this, who, watch);
    // Not in the caller's context: it may not take the turn of this owner.
    send_in(nullptr, who, notice);
  }
}

caf::error shard_slot::out_of_memory() {
  close();
  log(log_level::error, "rollcall.shard",
      "memory ran out in a write; the shard takes no more");
  return make_error(ec::shard_unavailable,
                    "memory ran out in a write; the shard takes no more");
}

void shard_slot::leave_input(replication_input_ptr input) const {
  if (inbox->put(std::move(input)) && wake_up->raise())
    send_in(nullptr, shard(), atom::written_v);
}

void shard_slot::tick(crdt::tick_time now, caf::execution_unit* context) {
  if (!is_open())
    table->forget_topic_ends(); // It takes no more writes.
  run({}, context, [now](shard_table& shard) { return shard.tick(now); });
}

void shard_slot::owner_ended(std::uint64_t owner, leave_reason why,
                             crdt::tick_time now,
                             caf::execution_unit* context) {
  if (is_open())
    run({}, context,
        [&](shard_table& shard) { return shard.owner_ended(owner, why, now); });
}

void shard_slot::set_dispatcher(dispatcher_actor handle,
                                std::shared_ptr<dispatcher_end> end) {
  dispatcher_end_.set(std::move(end));
  dispatcher_.set(std::move(handle));
}

void shard_slot::end_actors() const {
  caf::anon_send_exit(shard(), caf::exit_reason::user_shutdown);
  caf::anon_send_exit(dispatcher(), caf::exit_reason::user_shutdown);
}

/// Subscribers, too: one that holds this presence would hold itself for ever.
void shard_slot::forget_actors() {
  if (const auto end = dispatcher_end_.take())
    end->let_go_of_subscribers(*dispatch);
  set_shard({});
  set_dispatcher({}, nullptr);
  table->forget_actors();
  inbox->close();
}

void shard_slot::await_own_thread() const {
  if (const auto end = dispatcher_end_.get())
    end->await_own_thread();
}

runtime::runtime(caf::actor_system& where, config with,
                 const hooks_factory& make_hooks)
    : system{where},
      settings{with_incarnation(std::move(with))},
      has_hooks{static_cast<bool>(make_hooks)},
      watches{std::make_shared<watch_slot>(
          where, settings,
          [this](const crdt::count_delivery& one) { return read(one); },
          [this](const crdt::range_work& work) {
            return slot_of(work.topic).table->windows(work.topic, work.reads);
          },
          [this](std::size_t shard, caf::execution_unit* context) {
            send_in(context, slots[shard]->dispatcher(), atom::wake_v);
          })},
      wall_ms{[] { return wall_clock() / 1000; }} {
  for (std::uint16_t i = 0; i < settings.shard_count; ++i)
    slots.push_back(std::make_shared<shard_slot>(
        crdt::replica_id{settings.node_name, settings.incarnation, i, 0},
        settings, make_hooks, watches));
}

shard_slot& runtime::slot_of(std::string_view topic) const noexcept {
  return *slots[shard_index(topic, slots.size())];
}

caf::error runtime::check_open() const {
  caf::error problem;
  for (const auto& slot : slots)
    if (problem = slot->check_open(); !problem)
      break;
  return problem;
}

runtime_stats runtime::stats() const {
  runtime_stats total;
  for (const auto& slot : slots) {
    slot->table->add_to(total);
    total.subscriptions += slot->dispatch->subscriptions.load();
    total.diffs += slot->dispatch->diffs.load();
    total.hook_failures += slot->dispatch->hooks.failures();
    total.shards_down += slot->is_open() ? 0u : 1u;
  }
  watches->table.add_to(total);
  total.refusals += watch_refusals.load();
  total.shard_restarts = shard_restarts.load();
  total.dispatcher_restarts = dispatcher_restarts.load();
  return total;
}

caf::error runtime::listen_for_followers() {
  return watches->listen(listeners::followers, [this] {
    for (const auto& slot : slots)
      for (const auto& [topic, presences] :
           slot->table->start_to_tell(listeners::followers))
        watches->add(topic, presences);
  });
}

caf::error runtime::listen_for(listeners watchers) {
  return watches->listen(watchers, [this, watchers] {
    for (const auto& slot : slots)
      slot->table->start_to_tell(watchers);
  });
}

std::vector<topic_size>
runtime::read(const crdt::count_delivery& wanted) const {
  std::vector<topic_size> result;
  if (wanted.is_all && wanted.pattern.ends_with('*')) {
    const std::string_view all{wanted.pattern};
    for (const auto& slot : slots)
      slot->table->collect_topics(all.substr(0, all.size() - 1), result);
  } else if (wanted.is_all) {
    result.push_back({wanted.pattern, count(wanted.pattern)});
  }
  for (const auto& topic : wanted.topics)
    result.push_back({topic, count(topic)});
  return result;
}

counts runtime::count(std::string_view topic) const {
  return slot_of(topic).table->count(topic);
}

std::vector<std::pair<std::string, counts>>
runtime::topics(std::size_t limit, std::string_view after) const {
  std::map<std::string, counts> found;
  for (const auto& slot : slots)
    slot->table->collect_topics(found, limit, after);
  return {found.begin(), found.end()};
}

void runtime::tell_here(std::string_view topic, std::string_view key,
                        const caf::message& message) const {
  for (const auto& owner : slot_of(topic).table->owners_of(topic, key))
    if (const auto handle = caf::actor_cast<caf::strong_actor_ptr>(owner))
      handle->enqueue(nullptr, caf::make_message_id(), message, nullptr);
}

caf::error runtime::end_topic(const std::string& topic,
                              caf::execution_unit* context) const {
  auto& slot = slot_of(topic);
  crdt::topic_end end{topic};
  caf::error problem;
  while (!end.is_done() && !(problem = slot.check_open())) {
    const auto done = slot.run({}, context, [&](shard_table& table) {
      return table.end_topic(end, tick_of(system.clock().now()));
    });
    if (!done)
      return done.error();
  }
  return problem;
}

// -- the end ------------------------------------------------------------------

void runtime::request_stop() {
  if (const auto in = cluster())
    caf::anon_send(in, atom::leave_v, true); // the peers are told at once
  for (const auto& slot : slots)
    slot->close();
  watches->close();
  send_in(nullptr, supervisor(), atom::stop_v);
}

caf::error runtime::stop() {
  const auto actor = supervisor();
  request_stop();
  if (!actor)
    return {}; // stopped before
  if (is_inside_hook() || testing::actor_turn::is_under_way())
    return inside_actor();
  if (runs_by_hand(system)) {
    const testing::actor_turn turn{system};
    using test_scheduler = caf::scheduler::test_coordinator;
    dynamic_cast<test_scheduler&>(system.scheduler()).run();
  } else if (!may_wait_here()) {
    return inside_actor();
  } else {
    if (const auto in = door())
      in->leave();
    caf::scoped_actor self{system};
    self->monitor(actor);
    self->receive([](caf::down_msg&) {});
  }
  forget_actors();
  return {};
}

void runtime::forget_actors() {
  set_supervisor({});
  for (const auto& slot : slots)
    slot->forget_actors();
  watches->forget_actors();
}

/// Runs the actors to their end here, since nobody else may do it any more. The
/// supervisor goes first: it would be told of the others.
void runtime::abandon() {
  for (const auto& slot : slots)
    slot->close();
  watches->close();
  ending_unit here{system};
  here.end(caf::actor_cast<caf::strong_actor_ptr>(supervisor()));
  here.run();
  for (const auto& slot : slots) {
    here.end(caf::actor_cast<caf::strong_actor_ptr>(slot->dispatcher()));
    here.end(caf::actor_cast<caf::strong_actor_ptr>(slot->shard()));
  }
  here.end(caf::actor_cast<caf::strong_actor_ptr>(watches->dispatcher()));
  here.run();
  // A timer that one of them starts after that of CAF has ended would hold it.
  for (const auto& slot : slots)
    slot->await_own_thread();
  forget_actors();
}

caf::actor runtime::cluster() const {
  const auto door = door_.get();
  return door ? door->actor : caf::actor{};
}

std::size_t shard_index(std::string_view topic,
                        std::size_t shard_count) noexcept {
  // FNV-1a, since std::hash may differ between builds.
  std::uint64_t hash = 0xcbf29ce484222325ull;
  for (const char c : topic)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return static_cast<std::size_t>((hash ^ hash >> 32) % shard_count);
}

} // namespace rollcall
