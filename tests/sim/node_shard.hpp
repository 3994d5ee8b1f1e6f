#pragma once

#include "crdt/replication/shard_input.hpp"
#include "crdt/shard/shard_core.hpp"
#include "crdt/wake_ups.hpp"
#include "tests/sim/node_settings.hpp"
#include "tests/sim/node_shard_host.hpp"
#include "tests/sim/own_presences.hpp"
#include "tests/sim/session_witness.hpp"
#include "tests/sim/simulated_dispatcher.hpp"
#include "tests/sim/topic_end_witness.hpp"
#include "tests/support/replayed_view.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace rollcall::sim {

/// One simulated shard: the shipped `shard_core` and `diff_batcher`, driven as
/// the shard's actor, the dispatcher and the threads of callers drive them,
/// with owners that end and subscribers that replay what they are told.
///
/// The actors may crash: what they would lose is lost (messages to them and
/// timers), and what outlives them is kept.
///
/// At all times: each change is the exact difference of what is shown; what
/// owners of this node hold is what the simplest model says; no subscriber is
/// told what cannot be. Whenever nothing is on its way, every subscriber's view
/// and that of the hooks are what the shard shows. Throws `std::logic_error`
/// when it is not so.
class node_shard {
public:
  node_shard(const crdt::replica_id& self, const node_settings& settings,
             node_shard_host& host);

  // -- the cluster ------------------------------------------------------------

  /// An interval that is forged may be refused; one of an honest node is taken.
  void take(const crdt::shard_input& input, bool is_forged = false);
  /// Whether it has heard all that the cluster has for it.
  [[nodiscard]] bool is_informed() const {
    return inbox_.empty();
  }

  [[nodiscard]] bool is_complete() const {
    return core_.is_complete();
  }

  // -- owners: any thread -----------------------------------------------------

  bool join(const std::string& topic, const std::string& key,
            std::uint64_t owner, const std::string& meta,
            std::uint32_t linger_ms = 0);
  bool update(const std::string& topic, const std::string& key,
              std::uint64_t owner, const std::string& meta);
  bool leave(const std::string& topic, const std::string& key,
             std::uint64_t owner);
  void leave_all(std::uint64_t owner);

  /// The owner's process ends.
  void end_owner(std::uint64_t owner, leave_reason why);

  /// Ends a topic, in the thread of whoever calls, and then goes on.
  void end_topic(const std::string& topic, simulated_time::action then);

  // -- subscribers ------------------------------------------------------------

  bool subscribe(const std::string& topic, std::size_t who);
  void unsubscribe(const std::string& topic, std::size_t who);
  void publish(const std::string& topic);

  // -- faults -----------------------------------------------------------------

  void crash_shard();

  /// The shard's actor crashes by the next interval that comes.
  void crash_by_interval() {
    crashes_by_interval_ = true;
  }

  [[nodiscard]] simulated_dispatcher& dispatcher() noexcept {
    return dispatcher_;
  }

  // -- what there is to see ---------------------------------------------------

  /// Checks what must hold at any time.
  void check();
  /// What is wrong though nothing is on its way, or nothing.
  [[nodiscard]] std::optional<std::string> difference();

  [[nodiscard]] crdt::snapshot snapshot_of(const std::string& topic) {
    return core_.list(topic);
  }
  /// The presences of a topic, "key/meta", in order.
  [[nodiscard]] std::vector<std::string> list(const std::string& topic);
  /// All that is shown: "topic/key/owner/meta".
  [[nodiscard]] std::set<std::string> shown() const;
  /// As above, for each presence.
  [[nodiscard]] const std::map<crdt::dot, std::string>&
  shown_by_dot() const noexcept {
    return view_.shown();
  }
  [[nodiscard]] const crdt::presence_set& set() const noexcept {
    return core_.set();
  }
  [[nodiscard]] const crdt::shard_core& core() const noexcept {
    return core_;
  }
  [[nodiscard]] crdt::replica_tag tag() const noexcept {
    return core_.set().self_tag();
  }

private:
  /// The end of an owner's process.
  struct owner_end {
    leave_reason why;
  };

  /// Between two steps of the end of a topic.
  static constexpr duration topic_end_pause{2'000};

  void settle(bool is_about_node = false);
  void end_step(crdt::topic_end end, std::uint64_t number,
                simulated_time::action then);
  void watch_ends(const crdt::shard_effects& done);
  void tell_shard();
  void check_own() const;
  void change(const crdt::owner_watch& watch);
  void owner_ended(std::uint64_t owner);
  void check_own_step() const;
  void to_shard(simulated_time::action action);
  // The shard's actor.
  void start_shard();
  void wake();
  void wait();
  void take_inputs();
  void read(const crdt::interval_arrived& arrived, bool is_forged);

  struct cluster_input {
    crdt::shard_input input;
    bool is_forged;
  };

  node_settings settings_;
  node_shard_host& host_;

  // What outlives the actors.
  crdt::shard_core core_;
  crdt::shard_effects effects_;
  std::set<std::uint64_t> owners_;
  /// As often as somebody watches over them.
  std::multiset<std::uint64_t> watched_owners_;
  bool is_told_ = false; ///< The wake-up flag.
  std::deque<cluster_input> inbox_;

  bool crashes_by_interval_ = false;

  // What the actors lose.
  bool is_shard_up_ = true;
  std::uint64_t shard_incarnation_ = 0;
  crdt::wake_ups shard_timers_;

  // What is outside, and who watches.
  std::map<std::uint64_t, owner_end> ended_owners_;
  simulated_dispatcher dispatcher_;
  own_presences own_;
  session_witness sessions_;
  topic_end_witness ends_;
  test::replayed_view view_;
};

} // namespace rollcall::sim
