#pragma once

#include "tests/sim/simulated_time.hpp"
#include "tests/support/random.hpp"
#include "tests/support/watched_set.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace rollcall::sim {

/// What a replica says of one that it knows, or of itself.
struct replica_news {
  crdt::replica_id id;
  crdt::progress known;
  std::uint64_t counter = 0; ///< Heartbeats of `id` that led to this.
};

using heartbeat = std::vector<replica_news>;

/// Asks for what is missing of one replica, from whoever knows more.
struct interval_request {
  crdt::replica_tag of;
  crdt::progress known;
};

/// An interval as it is on the wire.
struct interval_packet {
  crdt::replica_tag of;
  std::string bytes;
};

using replica_message
    = std::variant<heartbeat, interval_request, interval_packet>;

/// How a replica of a run behaves.
struct replica_settings {
  duration down_after{350'000};
  duration gone_after{2'000'000};
  std::size_t deaths_max = 65'536;
  std::size_t chunk_bytes_max = 1'000; ///< Each chunk is up to a random part.
};

/// One presence set with the least of a protocol around it: heartbeats that
/// tell who knows what, broadcasts, requests that anybody may answer, and
/// liveness by what was heard directly or through others.
class simulated_replica {
public:
  using sender = std::function<void(std::size_t to, replica_message message)>;

  simulated_replica(std::size_t index, std::uint64_t incarnation,
                    std::size_t node_count, const replica_settings& settings,
                    test::random_source& random, sender send);

  /// One broadcast period has passed.
  void tick(moment now);

  void receive(std::size_t from, const replica_message& message, moment now);

  test::watched_set state;

  /// Sees every reported change, with whether it is because of showing, hiding
  /// or forgetting.
  std::function<void(const crdt::changes&, bool is_about_replica)> on_changes;

private:
  struct peer {
    std::uint64_t incarnation = 0;
    std::uint64_t counter = 0;
    moment heard{0};
    std::map<crdt::replica_tag, crdt::progress> knows; ///< By its heartbeat.
  };

  void broadcast();
  void detect_downs(moment now);
  void learn(const replica_news& news, moment now);
  void ask_for_missing(std::size_t from, const heartbeat& news, moment now);
  void ask_anybody(crdt::replica_tag of);
  void take(const heartbeat& news, std::size_t from, moment now);
  void take(const interval_request& request, std::size_t from);
  void take(const interval_packet& packet, std::size_t from);
  void report(bool is_about_replica);
  std::size_t chunk_bytes();

  std::size_t index_;
  replica_settings settings_;
  test::random_source& random_;
  sender send_;
  std::vector<peer> peers_;
  std::map<crdt::replica_tag, moment> asked_;
  crdt::progress sent_;
  std::uint64_t counter_ = 0;
};

/// The replica that node `index` is in its life `incarnation`.
[[nodiscard]] crdt::replica_id replica_of(std::size_t index,
                                          std::uint64_t incarnation);

} // namespace rollcall::sim
