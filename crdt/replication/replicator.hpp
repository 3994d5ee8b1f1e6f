#pragma once

#include "crdt/dot.hpp"
#include "crdt/interval.hpp"
#include "crdt/replication/heartbeat.hpp"
#include "crdt/replication/shard_report.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace rollcall::crdt {

struct replicator_config {
  /// The least time between two flushes; the first after a pause goes at once.
  std::chrono::milliseconds broadcast_period{50};

  /// Bytes that a peer may owe an acknowledgement for. At the bound nothing
  /// more is sent to it.
  std::size_t window_bytes = std::size_t{4} * 1024 * 1024;

  /// After so long without an acknowledgement that moves, what is missing is
  /// sent again; twice as long after each time that this did not help.
  std::chrono::milliseconds resend_after{1000};
};

/// Send `peers` what follows `known` in the history of `replica`.
struct send_interval {
  std::vector<std::string> peers;
  replica_tag replica;
  progress known;
};

/// Tells how far this shard knows the history of a replica.
using progress_function = std::function<progress(replica_tag)>;

/// Decides what one shard sends to the same shard of its peers, and when: own
/// writes to everybody, those of others to whom it is a relay for or who asked.
///
/// Shape:   a record for each peer and replica that is sent to it.
/// Threads: one at a time.
class replicator {
public:
  replicator(replica_tag self, replicator_config settings);

  /// There is a new connection to a peer. Nothing is sent before it has told
  /// what it knows.
  void open(const std::string& peer);

  /// The connection is gone.
  void close(const std::string& peer);

  /// The peer told what it knows: an acknowledgement, or where to start. Of
  /// replicas of which it never told, or tells no more, nothing is sent to it.
  /// An empty report says that all is as it was.
  void heard(const std::string& peer, const shard_report& report,
             tick_time now);

  /// All that the peer told, by replica.
  [[nodiscard]] const std::unordered_map<replica_tag, known_replica>&
  told(const std::string& peer) const;

  /// The peer asks for the history of a replica after `known`.
  void requested(const std::string& peer, replica_tag replica, progress known,
                 tick_time now);

  /// The peer cannot hear these, and this node passes their writes on to it.
  void relay(const std::string& peer,
             const std::unordered_set<replica_tag>& replicas);

  /// An interval could not be applied, or somebody else knows more: whether to
  /// ask for it now. Asks for one replica again only after a while.
  [[nodiscard]] bool may_ask(replica_tag replica, tick_time now);

  /// Something was written, here or by a replica that is passed on.
  void wrote(replica_tag replica, tick_time now);

  /// A replica is forgotten: nothing of it is sent or asked for any more.
  void forget(replica_tag replica);

  /// What to send now. For every `send_interval` the caller makes one interval,
  /// calls `sent`, and then asks again, until nothing comes.
  [[nodiscard]] std::vector<send_interval> due(const progress_function& mine,
                                               tick_time now);

  /// One interval of `bytes` was sent to `peer`.
  void sent(const std::string& peer, replica_tag replica, progress to,
            std::size_t bytes, tick_time now);

  /// When the next flush opens; nothing if nothing was written.
  [[nodiscard]] std::optional<tick_time> next_flush() const noexcept {
    return next_flush_;
  }

  /// Bytes that a peer has not acknowledged.
  [[nodiscard]] std::size_t unacknowledged(const std::string& peer) const;

  /// How far a peer is known to have got with the own history.
  [[nodiscard]] progress acknowledged(const std::string& peer) const;

private:
  struct in_flight {
    std::uint64_t to;
    std::size_t bytes;
  };

  /// One replica's history on its way to one peer.
  struct outbound_stream {
    std::uint64_t target = 0; ///< What the last flush is to bring it to.
    progress sent;            ///< As if all that was sent had arrived.
    progress acknowledged;    ///< What the peer told.
    tick_time last_move{};    ///< Sent anew or acknowledged further.
    unsigned resends = 0;     ///< In a row, without an answer that moved.
    std::uint64_t turn = 0;   ///< When it was sent last, among streams.
    bool is_lasting = true;   ///< Else it ends when the peer has caught up.
    std::deque<in_flight> flying;
  };

  struct connection {
    bool is_known = false; ///< Has told what it knows.
    std::size_t unacknowledged = 0;
    std::unordered_map<replica_tag, outbound_stream> streams;
    std::unordered_map<replica_tag, known_replica> told;
  };

  void open_flush(const progress_function& mine, tick_time now);
  [[nodiscard]] bool is_ready(const connection& where, replica_tag replica,
                              const outbound_stream& which) const;
  static void add(std::vector<send_interval>& out, const std::string& peer,
                  replica_tag replica, const outbound_stream& which);
  void acknowledge(connection& where, outbound_stream& which, progress told,
                   tick_time now);
  void restart(connection& where, outbound_stream& which, progress from,
               tick_time now);
  void wake(tick_time when);
  outbound_stream& stream_for(connection& where, replica_tag replica,
                              bool is_lasting);
  static void drop_finished(connection& where);

  replica_tag self_;
  replicator_config settings_;
  std::map<std::string, connection> connections_; ///< By peer.
  std::unordered_map<replica_tag, tick_time> asked_;
  std::optional<tick_time> next_flush_;
  std::optional<tick_time> last_flush_;
  std::uint64_t turn_ = 0;
};

} // namespace rollcall::crdt
