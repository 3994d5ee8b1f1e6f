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
      io_unit_{core.system, io_} {
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
  {
    const std::lock_guard guard{post_mutex_};
    is_stopped_ = true;
  }
  sweep_timer_.cancel();
  while (!http_sessions_.empty())
    http_sessions_.back()->abort();
  while (!sessions_.empty())
    sessions_.back()->abort();
  shaking_.clear();
  for (const auto& each : deaths_)
    caf::anon_send_exit(each.who, caf::exit_reason::kill);
  io_.stop();
}

// -- connections --------------------------------------------------------------

void worker::adopt(boost::asio::ip::tcp::socket socket) {
  if (is_stopped_)
    return; // It was on the way here; nobody would end it any more.
  boost::system::error_code ignored;
  const auto from = socket.remote_endpoint(ignored).address();
  address_limits::lease place;
  const auto turned_away = core_.addresses.enter(from, clock::now(), place);
  if (turned_away && !core_.settings.tls_certificate_file.empty()) {
    counts_.refuse(*turned_away); // The handshake is what it costs most.
    return;
  }
  auto fresh = std::make_shared<http_session>(*this, std::move(socket),
                                              turned_away, std::move(place));
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
  watch_unsent();
}

void worker::shake_later(std::shared_ptr<http_session> waiting) {
  shaking_.push_back(std::move(waiting));
  if (shaking_.size() == 1)
    boost::asio::post(io_, [this] { shake_next(); });
}

void worker::shake_next() {
  if (shaking_.empty())
    return;
  const auto next = std::move(shaking_.front());
  shaking_.pop_front();
  next->shake();
  if (!shaking_.empty())
    boost::asio::post(io_, [this] { shake_next(); });
}

// A session that is not open yet goes at once when it is closed, and the last
// takes its place: so these two walk backwards, over those already seen.

void worker::disconnect(const std::string& session_id) {
  for (auto i = sessions_.size(); i-- > 0;)
    if (sessions_[i]->id() == session_id)
      sessions_[i]->kick();
}

void worker::drain(std::size_t of) {
  auto left = (sessions_.size() + of - 1) / of;
  for (auto i = sessions_.size(); i-- > 0 && left > 0;) {
    if (sessions_[i]->is_closing())
      continue;
    sessions_[i]->close(close_code::restart, "node restarts");
    --left;
  }
}

// -- limits -------------------------------------------------------------------

bool worker::admit_join() {
  const auto most = core_.settings.joins_per_second_max;
  if (most == 0)
    return true;
  std::lock_guard guard{core_.joins_mutex};
  return core_.joins.take({most, most}, clock::now())
         == clock::duration::zero();
}

std::uint64_t worker::unsent_of_node() const {
  std::uint64_t sum = 0;
  for (const auto& each : core_.workers)
    sum += each->counts().unsent_bytes.get();
  return sum;
}

void worker::watch_unsent() {
  const auto share = core_.settings.unsent_bytes_max / core_.workers.size();
  if (is_relieving_ || counts_.unsent_bytes.get() <= share)
    return;
  is_relieving_ = true;
  boost::asio::post(io_, [this] { relieve(); });
}

/// Above the bound at least one thread holds more than its share: there those
/// clients go for which the most waits, until an eighth of the bound is free.
void worker::relieve() {
  is_relieving_ = false;
  const auto most = core_.settings.unsent_bytes_max;
  if (unsent_of_node() <= most)
    return;
  auto worst = sessions_;
  std::sort(worst.begin(), worst.end(), [](const auto& a, const auto& b) {
    return a->unsent_bytes() > b->unsent_bytes();
  });
  for (const auto& each : worst) {
    if (each->unsent_bytes() == 0 || unsent_of_node() <= most - most / 8)
      break;
    each->shed();
  }
  for (auto i = http_sessions_.size(); i-- > 0;) {
    if (unsent_of_node() <= most)
      break;
    http_sessions_[i]->shed();
  }
}

void worker::kill_later(const caf::actor& which) {
  forget_ended();
  deaths_.push_back({caf::actor_cast<caf::actor_addr>(which),
                     clock::now() + core_.settings.leave_timeout});
}

/// Most channels end at once. What is kept of one holds its memory, more than a
/// kilobyte, as long as it is here.
void worker::forget_ended() {
  while (!deaths_.empty() && !caf::actor_cast<caf::actor>(deaths_.front().who))
    deaths_.pop_front();
}

void worker::sweep_later() {
  using std::chrono::milliseconds;
  const auto& settings = core_.settings;
  const auto shortest = std::min(
      {settings.idle_timeout, settings.handshake_timeout, settings.join_timeout,
       settings.leave_timeout, settings.write_timeout});
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
  forget_ended();
  sweep_caches();
}

} // namespace rollcall::channels
