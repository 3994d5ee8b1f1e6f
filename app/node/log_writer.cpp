#include "app/node/log_writer.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <spdlog/async.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace rollcall::node {

namespace {

constexpr std::chrono::milliseconds last_words_max{500};

spdlog::level::level_enum level_of(log_level level) {
  switch (level) {
  case log_level::debug:
    return spdlog::level::debug;
  case log_level::info:
    return spdlog::level::info;
  case log_level::warning:
    return spdlog::level::warn;
  case log_level::error:
    break;
  }
  return spdlog::level::err;
}

/// Writes all, however long it takes. @returns false if the file refuses.
bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      // Who shares the file with us has made it non-blocking.
      pollfd writable{file, POLLOUT, 0};
      ::poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

/// The end of the queue. It has the only thread that may block.
class file_sink : public spdlog::sinks::base_sink<std::mutex> {
public:
  explicit file_sink(int file) : file_{file} {
  }

  /// Waits until `is_done(lines taken)`.
  template <class Predicate>
  bool wait(std::chrono::milliseconds most, Predicate is_done) {
    std::unique_lock lock{progress_mutex_};
    return progress_.wait_for(lock, most, [&] { return is_done(taken_); });
  }

  [[nodiscard]] std::uint64_t failed() const {
    return failed_.load(std::memory_order_relaxed);
  }

protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    if (!write_all(file_, {line.data(), line.size()}))
      failed_.fetch_add(1, std::memory_order_relaxed);
    {
      const std::lock_guard lock{progress_mutex_};
      ++taken_;
    }
    progress_.notify_all();
  }

  void flush_() override {
  }

private:
  int file_;
  std::atomic<std::uint64_t> failed_{0};
  std::mutex progress_mutex_;
  std::condition_variable progress_;
  std::uint64_t taken_ = 0;
};

} // namespace

struct log_writer::parts {
  explicit parts(int file)
      : pool{std::make_shared<spdlog::details::thread_pool>(queue_lines_max,
                                                            std::size_t{1})},
        sink{std::make_shared<file_sink>(file)},
        logger{std::make_shared<spdlog::async_logger>(
            "rollcall", sink, pool,
            spdlog::async_overflow_policy::overrun_oldest)} {
    logger->set_level(spdlog::level::trace);
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                        spdlog::pattern_time_type::utc);
  }

  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<file_sink> sink;
  std::shared_ptr<spdlog::async_logger> logger;
  std::atomic<std::uint64_t> given{0};
};

log_writer::log_writer(int file) : parts_{new parts{file}} {
}

log_writer::~log_writer() {
  // To end the writing thread means to wait for it.
  if (finish(last_words_max))
    delete parts_;
  else
    std::thread{[kept = parts_] { delete kept; }}.detach();
}

void log_writer::write(log_level level, std::string_view component,
                       std::string_view text) {
  auto line = fmt::format("{}: {}", component, text);
  if (line.size() > line_bytes_max)
    line.resize(line_bytes_max);
  parts_->given.fetch_add(1, std::memory_order_relaxed);
  parts_->logger->log(level_of(level), line);
}

bool log_writer::finish(std::chrono::milliseconds most) {
  return parts_->sink->wait(most, [this](std::uint64_t taken) {
    return taken + overrun_lines()
           >= parts_->given.load(std::memory_order_relaxed);
  });
}

std::uint64_t log_writer::overrun_lines() const {
  return parts_->pool->overrun_counter();
}

std::uint64_t log_writer::failed_lines() const {
  return parts_->sink->failed();
}

} // namespace rollcall::node
