#include "actors/cluster/link_pump.hpp"

#include "actors/cluster/heartbeat_frame.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace rollcall {

namespace asio = boost::asio;

namespace {

constexpr std::size_t block_bytes = 64u << 10;

constexpr std::chrono::milliseconds inflow_pause{2};

} // namespace

link_pump::link_pump(std::shared_ptr<link_stream> network, local_socket local,
                     basp_guard guard, pump_settings settings,
                     pump_events events)
    : network_(std::move(network)),
      local_(std::move(local)),
      guard_(std::move(guard)),
      settings_(std::move(settings)),
      events_(std::move(events)),
      stall_(local_.get_executor()),
      inflow_(local_.get_executor()),
      in_(block_bytes),
      out_(block_bytes) {
  // nop
}

void link_pump::start() {
  receive();
  send();
}

void link_pump::stop() {
  if (std::exchange(is_stopped_, true))
    return;
  stall_.cancel();
  inflow_.cancel();
  network_->close();
  error_code ignored;
  local_.shutdown(local_socket::shutdown_send, ignored);
}

void link_pump::abort() {
  stop();
  error_code ignored;
  local_.close(ignored);
}

void link_pump::receive() {
  network_->read_some(
      asio::buffer(in_),
      [self = shared_from_this()](const error_code& failed, std::size_t size) {
        if (!self->is_stopped_)
          self->received(failed, size);
      });
}

void link_pump::received(const error_code& failed, std::size_t size) {
  if (failed)
    return end({.reason = failed == asio::error::eof ? "closed by the peer"
                                                     : failed.message(),
                .fault = is_tls_failure(failed) && !guard_.has_handshake()
                             ? std::optional{link_reject::tls}
                             : std::nullopt});
  traffic_->bytes_in += size;
  settings_.total->bytes_in += size;
  clean_.clear();
  const bool had_handshake = guard_.has_handshake();
  const auto verdict = guard_.filter(
      std::span{in_}.first(size), clean_,
      traffic_->is_inflow_done() && events_.heartbeat ? &heartbeats_ : nullptr);
  if (verdict != frame_verdict::good)
    return end({.reason = std::string{to_string(verdict)},
                .fault = verdict == frame_verdict::too_large
                             ? link_reject::too_large
                             : link_reject::bad_frame});
  traffic_->handed
      = guard_.text_bytes() + guard_.messages() * link_traffic::message_bytes;
  if (!had_handshake && guard_.has_handshake())
    events_.handshake();
  for (auto& heartbeat : std::exchange(heartbeats_, {}))
    if (!is_stopped_)
      events_.heartbeat(std::move(heartbeat));
  if (is_stopped_)
    return;
  if (clean_.empty())
    return receive_when_taken();
  asio::async_write(
      local_, asio::buffer(clean_),
      [self = shared_from_this()](const error_code& broken, std::size_t) {
        if (self->is_stopped_)
          return;
        if (broken)
          self->end({.reason = "closed by this node"});
        else
          self->receive_when_taken();
      });
}

// Whoever takes the messages does so on threads of its own; to look now and
// then costs less than to be told each time.
void link_pump::receive_when_taken() {
  const auto handed = traffic_->handed.load();
  const auto waiting = handed - std::min(handed, traffic_->taken.load());
  if (settings_.inflow_bytes_max == 0 || waiting <= settings_.inflow_bytes_max)
    return receive();
  inflow_.expires_after(inflow_pause);
  inflow_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled && !self->is_stopped_)
      self->receive_when_taken();
  });
}

// After a stop, reads on until CAF has let go, and forgets what it reads.
void link_pump::send() {
  local_.async_read_some(
      asio::buffer(out_),
      [self = shared_from_this()](const error_code& failed, std::size_t size) {
        if (failed) {
          self->end({.reason = "closed by this node"});
          self->events_.closed();
        } else if (self->is_stopped_) {
          self->send();
        } else {
          self->block_bytes_ = size;
          if (!self->is_sending_)
            self->send_block();
        }
      });
}

// A frame that waits goes where the first frame of CAF ends.
void link_pump::send_block() {
  auto size = std::exchange(block_bytes_, 0);
  const auto block = std::span<const std::byte>{out_}.first(size);
  const auto gap = frame_.empty() ? std::nullopt : outflow_.first_gap(block);
  const auto before = outflow_.messages();
  outflow_.pass(block);
  traffic_->passed += outflow_.messages() - before;
  if (gap) {
    const auto frame = std::as_bytes(std::span{frame_});
    out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(*gap), frame.begin(),
                frame.end());
    size += frame.size();
    frame_.clear();
    ++traffic_->passed;
  }
  write(asio::buffer(out_.data(), size), &link_pump::sent_block);
}

void link_pump::sent_block() {
  out_.resize(block_bytes);
  if (!is_stopped_)
    send_frame();
  send();
}

void link_pump::send_heartbeat(std::string_view packet) {
  if (is_stopped_ || !frame_.empty())
    return;
  frame_ = heartbeat_frame::encode(packet);
  send_frame();
}

void link_pump::send_frame() {
  if (frame_.empty() || is_sending_ || !outflow_.is_between_frames())
    return;
  write(asio::buffer(frame_), &link_pump::sent_frame);
}

void link_pump::sent_frame() {
  frame_.clear();
  ++traffic_->passed;
  if (block_bytes_ == 0)
    return;
  if (!is_stopped_)
    return send_block();
  block_bytes_ = 0;
  send();
}

void link_pump::write(asio::const_buffer bytes, void (link_pump::*done)()) {
  is_sending_ = true;
  sending_since_ = std::chrono::steady_clock::now();
  if (!std::exchange(is_watching_, true))
    watch_for_stall(settings_.stall_timeout);
  network_->write(bytes, [self = shared_from_this(),
                          done](const error_code& failed, std::size_t written) {
    self->is_sending_ = false;
    self->traffic_->bytes_out += written;
    self->settings_.total->bytes_out += written;
    if (failed)
      self->end({.reason = failed.message()});
    ((*self).*done)();
  });
}

// One timer for many writes: when it ends, it looks at the one under way.
void link_pump::watch_for_stall(std::chrono::milliseconds wait) {
  stall_.expires_after(wait);
  stall_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self)
      return;
    self->is_watching_ = false;
    if (!self->is_sending_)
      return;
    const auto left = self->sending_since_ + self->settings_.stall_timeout
                      - std::chrono::steady_clock::now();
    if (left <= left.zero())
      return self->end(
          {.reason = "the peer takes no bytes", .is_stalled = true});
    self->is_watching_ = true;
    self->watch_for_stall(std::chrono::ceil<std::chrono::milliseconds>(left));
  });
}

void link_pump::end(pump_end how) {
  if (is_stopped_)
    return;
  // First, so that who sees the connection close finds its reason counted.
  events_.ended(std::move(how));
  stop();
}

} // namespace rollcall
