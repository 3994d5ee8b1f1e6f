#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::bench {

using clock = std::chrono::steady_clock;

class swarm;

/// One client of a load test: a WebSocket that joins one topic.
struct swarm_client {
  int socket = -1;
  std::size_t number = 0;
  std::string topic;
  std::string key;
  std::string received;   ///< Not yet cut into frames.
  bool is_open = false;   ///< The `101` came.
  bool is_joined = false; ///< The state came.
  clock::time_point joining_at;
  clock::time_point joined_at;
};

/// Many clients on one thread, with epoll and as little work as possible: it
/// shares the machine with the server that it measures.
class swarm {
public:
  /// Called with every text message that is no answer to the join.
  using listener = std::function<void(swarm_client&, std::string_view)>;

  swarm(std::string host, std::uint16_t port);
  ~swarm();
  swarm(const swarm&) = delete;
  swarm& operator=(const swarm&) = delete;

  /// Opens a connection; the join is sent as soon as the upgrade is answered.
  swarm_client& add(std::string topic, std::string key);

  /// Closes the connection of a client, without a word.
  void drop(swarm_client& client);

  /// Handles what arrives until `is_done`, or ends the process after 60 s.
  void run_until(const std::function<bool()>& is_done);

  void on_message(listener call) {
    listener_ = std::move(call);
  }

  [[nodiscard]] std::size_t joined() const noexcept {
    return joined_;
  }

  /// Clients that were added and not dropped, joined or not.
  [[nodiscard]] const std::vector<std::unique_ptr<swarm_client>>&
  clients() const noexcept {
    return clients_;
  }

private:
  void read(swarm_client& client);
  void take_upgrade(swarm_client& client);
  void take_frames(swarm_client& client);
  void take_message(swarm_client& client, std::string_view text);
  void send_join(swarm_client& client);

  std::string host_;
  std::uint16_t port_;
  int epoll_;
  listener listener_;
  std::vector<std::unique_ptr<swarm_client>> clients_;
  std::size_t joined_ = 0;
};

} // namespace rollcall::bench
