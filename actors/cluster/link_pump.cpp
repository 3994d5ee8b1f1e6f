#include "actors/cluster/link_pump.hpp"

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
  const auto verdict = guard_.filter(std::span{in_}.first(size), clean_);
  if (verdict != frame_verdict::good)
    return end({.reason = std::string{to_string(verdict)},
                .fault = verdict == frame_verdict::too_large
                             ? link_reject::too_large
                             : link_reject::bad_frame});
  traffic_->handed
      = guard_.text_bytes() + guard_.messages() * link_traffic::message_bytes;
  if (!had_handshake && guard_.has_handshake())
    events_.handshake();
  if (is_stopped_)
    return;
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
          self->send_block(size);
        }
      });
}

void link_pump::send_block(std::size_t size) {
  is_sending_ = true;
  watch_for_stall();
  network_->write(asio::buffer(out_.data(), size),
                  [self = shared_from_this()](const error_code& failed,
                                              std::size_t written) {
                    self->is_sending_ = false;
                    self->stall_.cancel();
                    self->traffic_->bytes_out += written;
                    self->settings_.total->bytes_out += written;
                    if (failed)
                      self->end({.reason = failed.message()});
                    self->send();
                  });
}

void link_pump::watch_for_stall() {
  stall_.expires_after(settings_.stall_timeout);
  stall_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
    auto self = weak.lock();
    if (!cancelled && self && self->is_sending_)
      self->end({.reason = "the peer takes no bytes", .is_stalled = true});
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
