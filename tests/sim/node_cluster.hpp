#pragma once

#include "tests/sim/node_network.hpp"
#include "tests/sim/node_witness.hpp"
#include "tests/sim/owner_book.hpp"
#include "tests/sim/sim_node.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace rollcall::sim {

/// What a node made of another one, and when.
struct observed_event {
  moment when;
  std::size_t observer;
  crdt::node_event event;
};

/// What a process says of itself that its node should not.
struct disguise {
  std::optional<std::size_t> name_of = {}; ///< Bears the name of that node.
  std::string cluster_name = "sim";
  std::optional<std::uint16_t> shard_count = {};
  crdt::allowed_names certificate = {}; ///< That others see.
};

/// A whole cluster in one thread: nodes, their owners, the network, and who
/// watches that nothing wrong is ever shown. Throws `std::logic_error` from
/// `run_for` when something is.
class node_cluster {
public:
  node_cluster(std::uint64_t seed, std::size_t node_count,
               const node_settings& settings);
  ~node_cluster();

  // -- processes --------------------------------------------------------------

  /// Starts an incarnation later than all before.
  void start(std::size_t which);
  /// Starts one with a clock that has jumped back, by `by` or a little more.
  void start_behind(std::size_t which, std::uint64_t by);
  /// Starts one that others should refuse, or take for another node.
  void start_disguised(std::size_t which, const disguise& how);
  void start_all();
  void kill(std::size_t which);
  /// Lets a node leave in good order.
  void leave(std::size_t which);

  [[nodiscard]] bool is_running(std::size_t which) const;
  [[nodiscard]] sim_node& process(std::size_t which);
  [[nodiscard]] bool is_disguised(std::size_t which) const;
  [[nodiscard]] std::size_t size() const noexcept {
    return sites_.size();
  }

  // -- owners -----------------------------------------------------------------

  bool join(std::size_t where, const std::string& key, std::uint64_t owner = 1,
            const std::string& topic = "topic0", std::uint32_t linger_ms = 0);
  bool update(std::size_t where, const std::string& key,
              std::uint64_t owner = 1, const std::string& topic = "topic0");
  bool leave(std::size_t where, const std::string& key, std::uint64_t owner = 1,
             const std::string& topic = "topic0");
  void leave_all(std::size_t where, std::uint64_t owner);
  /// The process of an owner ends, and another one takes its number. With
  /// `lingers` it crashed.
  void end_owner(std::size_t where, std::uint64_t owner,
                 leave_reason why = leave_reason::left);
  /// Ends a topic on all nodes that are connected.
  void end_topic(std::size_t where, const std::string& topic);
  /// A thread goes on with an owner that has ended, since it does not know yet.
  void late_call(std::size_t where, const std::string& key, std::uint64_t owner,
                 const std::string& topic);
  /// The shard that a topic is in.
  [[nodiscard]] node_shard& shard(std::size_t where, const std::string& topic);
  /// Sends an event to the subscribers of a topic on the other nodes.
  void broadcast(std::size_t where, const std::string& topic = "topic0",
                 std::size_t digits = 1);
  void tell(std::size_t where, const std::string& key,
            const std::string& topic = "topic0");

  // -- time -------------------------------------------------------------------

  void run_for(duration how_long);
  /// Runs until all agree and nothing is on its way. @returns what is still
  /// wrong at the end, or nothing.
  std::optional<std::string> settle(duration patience);
  /// Lets a packet arrive at `to` as if `from` had sent it.
  template <class Packet>
  void forge(std::size_t from, std::size_t to, const Packet& packet) {
    std::string bytes;
    wire::encode(packet, bytes);
    network.forge(from, to, std::move(bytes));
  }
  /// Cuts or mends both ways between two nodes.
  void set_cut(std::size_t a, std::size_t b, bool is_cut);

  // -- what there is to see ---------------------------------------------------

  /// Whether `observer` shows a presence with this key.
  [[nodiscard]] bool shows(std::size_t observer, const std::string& key,
                           const std::string& topic = "topic0");
  /// All that a node shows, "topic/key/owner/meta".
  [[nodiscard]] std::set<std::string> shown(std::size_t observer);
  [[nodiscard]] std::optional<std::string> difference();
  /// Intervals and questions that all have sent.
  [[nodiscard]] std::uint64_t traffic() const;
  /// Packets of when keys were seen that all have sent.
  [[nodiscard]] std::uint64_t last_seen_traffic() const;
  /// Lets time pass until nodes have told each other when keys were seen: it
  /// takes them a packet a heartbeat for a few keys.
  std::optional<std::string> tell_all_seen(duration patience);
  [[nodiscard]] std::size_t count(crdt::node_event_kind kind) const;

  simulated_time time;
  test::random_source random;
  node_network network;
  std::vector<observed_event> events;
  node_witness witness;
  std::size_t writes = 0;
  std::size_t replaced = 0; ///< Owners that were told so.
  std::size_t ended = 0;    ///< Presences that ended with their topics.
  std::size_t kills = 0;    ///< Nodes that ended, in whatever way.

private:
  [[nodiscard]] std::uint64_t sum_of(std::uint64_t sim_node::*counter) const;
  struct site;

  void start(std::size_t which, std::uint64_t incarnation, const disguise& how);
  [[nodiscard]] std::uint64_t latest_incarnation(std::size_t name_of) const;
  [[nodiscard]] node_network::handlers handlers();
  [[nodiscard]] std::string next_meta();
  [[nodiscard]] std::set<std::string> truth() const;
  [[nodiscard]] std::optional<std::string> difference(site& where);
  [[nodiscard]] std::optional<std::string> compare(site& where);
  /// A key that two nodes saw last at different times, or nothing.
  [[nodiscard]] std::optional<std::string> different_last_seen() const;
  /// A key that has two sessions in a topic that allows one, or nothing.
  [[nodiscard]] std::optional<std::string> double_session() const;

  node_settings settings_;
  std::vector<std::unique_ptr<site>> sites_;
};

} // namespace rollcall::sim
