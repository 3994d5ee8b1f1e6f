#pragma once

#include "actors/cluster/basp_guard.hpp"
#include "actors/cluster/link_stats.hpp"
#include "actors/cluster/link_stream.hpp"
#include "actors/cluster/outflow.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall {

/// How a pump ended.
struct pump_end {
  std::string reason;                    ///< For people.
  std::optional<link_reject> fault = {}; ///< What the peer did, if it did.
  bool is_stalled = false;
};

struct pump_settings {
  std::chrono::milliseconds stall_timeout;
  std::shared_ptr<link_traffic> total; ///< Of all pumps; outlives them.
  std::uint64_t inflow_bytes_max = 0;  ///< See `link_config`.
};

/// Called on the pump's thread.
struct pump_events {
  std::function<void()> handshake;     ///< BASP's handshake passed the guard.
  std::function<void(pump_end)> ended; ///< At most once, not after `stop`.
  std::function<void()> closed;        ///< Once: CAF has let go of its socket.
  std::function<void(std::string)> heartbeat; ///< One came past CAF.
};

/// Moves bytes between a peer and CAF, in both directions, each with one block
/// in flight: from the peer through the guard, to it as they are. Heartbeats
/// it takes from this node and gives to it past CAF, see heartbeat_frame.hpp.
///
/// What a peer sends faster than this node deals with it stays with the peer:
/// above `inflow_bytes_max` nothing is read.
///
/// Shape:   two blocks of 64 KiB, what a guard holds back, and one heartbeat.
/// Threads: that of the stream's executor.
class link_pump : public std::enable_shared_from_this<link_pump> {
public:
  using local_socket = boost::asio::local::stream_protocol::socket;

  link_pump(std::shared_ptr<link_stream> network, local_socket local,
            basp_guard guard, pump_settings settings, pump_events events);

  void start();

  /// Sends a packet as a frame between those of CAF, soon: when the network has
  /// taken what it was given before, and CAF's frame at hand is complete.
  ///
  /// @pre the last one has passed, as `link_traffic` tells.
  void send_heartbeat(std::string_view packet);

  /// Closes the network side at once. The local side gets an end of file and
  /// is closed when CAF has let go of it too: BASP then knows that the
  /// connection is over, and may be told of a new one to the same node.
  void stop();

  /// Closes both sides at once.
  void abort();

  [[nodiscard]] const std::shared_ptr<link_traffic>& traffic() const {
    return traffic_;
  }

  [[nodiscard]] std::uint64_t frames_dropped() const {
    return guard_.dropped();
  }

private:
  using error_code = boost::system::error_code;

  void receive();
  void received(const error_code& failed, std::size_t size);
  void receive_when_taken();
  void send();
  void send_block();
  void send_frame();
  void write(boost::asio::const_buffer bytes, void (link_pump::*done)());
  void sent_block();
  void sent_frame();
  void watch_for_stall(std::chrono::milliseconds wait);
  void end(pump_end how);

  std::shared_ptr<link_stream> network_;
  local_socket local_;
  basp_guard guard_;
  pump_settings settings_;
  pump_events events_;
  boost::asio::steady_timer stall_;
  boost::asio::steady_timer inflow_;
  std::shared_ptr<link_traffic> traffic_ = std::make_shared<link_traffic>();
  std::vector<std::byte> in_;
  std::vector<std::byte> clean_;
  std::vector<std::byte> out_;
  std::vector<std::string> heartbeats_; ///< Of the bytes at hand.
  outflow outflow_;
  std::size_t block_bytes_ = 0; ///< Of `out_`: read and not sent yet.
  std::string frame_;           ///< Not sent yet, or being sent.
  bool is_stopped_ = false;
  bool is_sending_ = false;
  bool is_watching_ = false; ///< For a stall.
  std::chrono::steady_clock::time_point sending_since_{};
};

} // namespace rollcall
