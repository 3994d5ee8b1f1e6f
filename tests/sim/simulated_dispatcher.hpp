#pragma once

#include "crdt/diff/diff_batcher.hpp"
#include "crdt/shard/shard_core.hpp"
#include "crdt/wake_ups.hpp"
#include "tests/sim/node_settings.hpp"
#include "tests/sim/node_shard_host.hpp"
#include "tests/sim/own_subscriptions.hpp"
#include "tests/sim/simulated_subscriber.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace rollcall::sim {

/// The dispatcher of a simulated shard, and its subscribers: drives the shipped
/// `diff_batcher` as the actor does, and may crash between any two deliveries.
///
/// Whenever nothing is on its way, every subscriber's view is what its topic
/// shows, that of the hooks is all that is shown, and who subscribed before an
/// event has heard of it.
class simulated_dispatcher {
public:
  /// How many subscribers there are at one time. Those with an odd number also
  /// want to hear of what came and went within a window.
  static constexpr std::size_t subscriber_count = 4;

  simulated_dispatcher(crdt::shard_core& core, const node_settings& settings,
                       node_shard_host& host);

  /// A message that there is work; lost if it is down, or crashes before.
  void wake();

  /// It crashes before the delivery after this many more.
  void crash(std::size_t after_deliveries) {
    deliveries_left_ = after_deliveries;
  }

  // -- subscribers ------------------------------------------------------------

  [[nodiscard]] crdt::subscriber_id id_of(std::size_t who) const {
    return ids_[who];
  }
  [[nodiscard]] static bool wants_passed(std::size_t who) {
    return who % 2 == 1;
  }
  /// The shard was asked. @returns whether it should have said yes.
  bool subscribed(const std::string& topic, crdt::subscriber_id id);
  void unsubscribed(const std::string& topic, crdt::subscriber_id id);
  /// The process of a subscriber ends, and another one takes its number.
  void end_subscriber(std::size_t who);
  /// A subscriber hands a snapshot of its own to somebody.
  void serve(const std::string& topic, std::size_t who);
  struct numbered_event {
    std::shared_ptr<const void> content;
    bool is_passed_on; ///< Else too many wait, and it is dropped.
  };
  /// An event, which subscribers must hear in order.
  numbered_event next_event(const std::string& topic);

  /// What is wrong though nothing is on its way, or nothing.
  [[nodiscard]] std::optional<std::string> difference();

  std::uint64_t deliveries = 0;
  std::uint64_t quiet_moments = 0; ///< At which all views were compared.

private:
  struct event {
    std::string topic;
    std::uint64_t number;
  };

  struct subscriber {
    simulated_subscriber state;
    /// It is subscribed to, and the last event that was before that.
    std::map<std::string, std::uint64_t> topics;
    std::map<std::string, std::uint64_t> last_event; ///< By topic.
  };

  void start();
  void to_self(duration delay, simulated_time::action action);
  void work();
  [[nodiscard]] bool take_batch();
  [[nodiscard]] bool deliver_all();
  void deliver(const crdt::snapshot_delivery& first);
  void deliver(const crdt::diff_delivery& changed);
  void deliver(const crdt::event_delivery& published);
  void tell_hooks(const crdt::diff_delivery& changed);
  void monitor(crdt::subscriber_id who);
  void remove(crdt::subscriber_id who);
  void wait();
  void check_views();
  void check_events(const subscriber& one) const;
  [[nodiscard]] bool is_quiet() const;

  node_settings settings_;
  crdt::shard_core& core_;
  node_shard_host& host_;

  // What outlives the actor.
  crdt::diff_batcher batcher_;
  std::set<crdt::subscriber_id> newcomers_; ///< Their handles, in the queue.
  std::set<crdt::subscriber_id> handles_;

  // What the actor loses.
  bool is_up_ = true;
  bool is_done_ = true; ///< It did not crash in the middle of its work.
  std::uint64_t incarnation_ = 0;
  std::set<crdt::subscriber_id> monitored_;
  crdt::wake_ups timers_;
  std::optional<std::size_t> deliveries_left_;

  // What is outside, and who watches.
  std::array<crdt::subscriber_id, subscriber_count> ids_;
  std::uint64_t last_id_ = 0;
  std::map<crdt::subscriber_id, subscriber> alive_;
  own_subscriptions own_;
  std::set<crdt::dot> hooks_view_;
  std::uint64_t events_ = 0;
  std::map<std::string, std::uint64_t> last_passed_on_; ///< Event, by topic.
};

} // namespace rollcall::sim
