#include "app/gateway/worker.hpp"

#include "app/gateway/gateway_core.hpp"
#include "app/gateway/http_session.hpp"
#include "app/gateway/session.hpp"

#include <caf/actor_cast.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <boost/asio/executor_work_guard.hpp>

#include <algorithm>
#include <future>

namespace rollcall::channels {

namespace {

thread_local const gateway_core* own_gateway = nullptr;

/// Takes an element out of a vector of pointers with an index each.
template <class T>
void take_out(std::vector<std::shared_ptr<T>>& from, const T& gone) {
  const auto at = gone.index;
  if (at >= from.size() || from[at].get() != &gone)
    return;
  from.back()->index = at;
  std::swap(from[at], from.back());
  from.pop_back();
}

} // namespace

worker::worker(gateway_core& core, std::size_t index)
    : core_{core},
      index_{index},
      lane_{core.system, io_} {
}

void worker::start() {
  thread_ = std::thread{[this] { run(); }};
}

const gateway_core* worker::of_this_thread() noexcept {
  return own_gateway;
}

void worker::run() {
  own_gateway = &core_;
  const auto guard = boost::asio::make_work_guard(io_);
  join_tokens_ = core_.settings.joins_per_second_max;
  sweep_later();
  io_.run();
}

void worker::stop() {
  if (!thread_.joinable())
    return;
  post([this] { close_all(); });
  thread_.join();
  io_.restart();
  io_.poll(); // What was aborted still has to let go of its session.
}

void worker::close_all() {
  is_stopped_ = true;
  sweep_timer_.cancel();
  while (!http_sessions_.empty())
    http_sessions_.back()->abort();
  while (!sessions_.empty())
    sessions_.back()->abort();
  for (const auto& each : deaths_)
    caf::anon_send_exit(each.who, caf::exit_reason::kill);
  io_.stop();
}

// -- connections --------------------------------------------------------------

void worker::adopt(boost::asio::ip::tcp::socket socket) {
  auto fresh = std::make_shared<http_session>(*this, std::move(socket));
  fresh->index = http_sessions_.size();
  http_sessions_.push_back(fresh);
  counts_.connections.add(1);
  fresh->start();
}

void worker::add(std::shared_ptr<session> fresh) {
  fresh->index = sessions_.size();
  sessions_.push_back(std::move(fresh));
  counts_.connections.add(1);
  counts_.sessions.add(1);
  counts_.connects.add(1);
}

void worker::remove(http_session& gone) {
  counts_.connections.subtract(1);
  const auto keep = gone.shared_from_this();
  take_out(http_sessions_, gone);
}

void worker::remove(session& gone) {
  counts_.connections.subtract(1);
  counts_.sessions.subtract(1);
  --core_.session_count;
  const auto keep = gone.shared_from_this();
  take_out(sessions_, gone);
}

void worker::flush_later(std::shared_ptr<session> dirty) {
  dirty_.push_back(std::move(dirty));
  if (dirty_.size() == 1)
    boost::asio::post(io_, [this] { flush_all(); });
}

void worker::flush_all() {
  std::swap(dirty_, flushing_);
  for (const auto& each : flushing_)
    each->flush();
  flushing_.clear();
}

void worker::disconnect(const std::string& session_id) {
  for (const auto& each : sessions_)
    if (each->id() == session_id)
      each->close(close_code::going_away, "disconnected");
}

void worker::drain(std::size_t of) {
  auto left = (sessions_.size() + of - 1) / of;
  for (const auto& each : sessions_) {
    if (left == 0)
      return;
    if (each->is_closing())
      continue;
    each->close(close_code::restart, "node restarts");
    --left;
  }
}

// -- limits -------------------------------------------------------------------

bool worker::admit_join() {
  const double rate = core_.settings.joins_per_second_max;
  if (rate == 0)
    return true;
  const auto share = rate / static_cast<double>(core_.workers.size());
  const auto now = clock::now();
  const std::chrono::duration<double> passed = now - join_tokens_at_;
  join_tokens_ = std::min(share, join_tokens_ + share * passed.count());
  join_tokens_at_ = now;
  if (join_tokens_ < 1)
    return false;
  join_tokens_ -= 1;
  return true;
}

void worker::kill_later(const caf::actor& which) {
  deaths_.push_back({caf::actor_cast<caf::actor_addr>(which),
                     clock::now() + core_.settings.leave_timeout});
}

void worker::sweep_later() {
  using std::chrono::milliseconds;
  const auto& settings = core_.settings;
  const auto shortest
      = std::min({settings.idle_timeout, settings.handshake_timeout,
                  settings.join_timeout, settings.leave_timeout});
  sweep_timer_.expires_after(
      std::clamp(shortest / 8, milliseconds{5}, milliseconds{1000}));
  sweep_timer_.async_wait([this](boost::system::error_code ec) {
    if (ec || is_stopped_)
      return;
    sweep(clock::now());
    sweep_later();
  });
}

void worker::sweep(clock::time_point now) {
  // Backwards: those who go are replaced by the last, which was looked at.
  for (auto i = http_sessions_.size(); i-- > 0;)
    http_sessions_[i]->sweep(now);
  for (auto i = sessions_.size(); i-- > 0;)
    sessions_[i]->sweep(now);
  while (!deaths_.empty() && deaths_.front().when <= now) {
    caf::anon_send_exit(deaths_.front().who, caf::exit_reason::kill);
    deaths_.pop_front();
  }
  sweep_caches();
}

} // namespace rollcall::channels
