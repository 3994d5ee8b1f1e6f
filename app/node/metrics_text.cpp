#include "app/node/metrics_text.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace rollcall::node {

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec)
         + static_cast<double>(time.tv_usec) / 1e6;
}

double resident_bytes() {
  std::ifstream in{"/proc/self/statm"};
  double all_pages = 0;
  double resident_pages = 0;
  in >> all_pages >> resident_pages;
  return resident_pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_files() {
  std::error_code failed;
  const std::filesystem::directory_iterator files{"/proc/self/fd", failed};
  return failed ? 0.0
                : static_cast<double>(std::distance(begin(files), end(files)));
}

} // namespace

void metrics_text::head(std::string_view name, std::string_view help,
                        std::string_view type) {
  fmt::format_to(std::back_inserter(text_), "# HELP {0} {1}\n# TYPE {0} {2}\n",
                 name, help, type);
}

void metrics_text::gauge(std::string_view name, std::string_view help,
                         double value) {
  head(name, help, "gauge");
  fmt::format_to(std::back_inserter(text_), "{} {}\n", name, value);
}

void metrics_text::counter(std::string_view name, std::string_view help,
                           double value) {
  head(name, help, "counter");
  fmt::format_to(std::back_inserter(text_), "{} {}\n", name, value);
}

void metrics_text::gauges(std::string_view name, std::string_view help) {
  head(name, help, "gauge");
}

void metrics_text::counters(std::string_view name, std::string_view help) {
  head(name, help, "counter");
}

void metrics_text::labelled(std::string_view name, std::string_view label,
                            std::string_view label_value, double value) {
  fmt::format_to(std::back_inserter(text_), "{}{{{}=\"{}\"}} {}\n", name, label,
                 label_value, value);
}

void metrics_text::histogram(std::string_view name, std::string_view help,
                             const duration_histogram& values) {
  head(name, help, "histogram");
  std::uint64_t below = 0;
  const auto last = values.buckets.size() - 1;
  for (std::size_t i = 0; i < last; ++i) {
    below += values.buckets[i];
    labelled(fmt::format("{}_bucket", name), "le",
             fmt::format("{:g}", static_cast<double>(1ull << i) / 1e6),
             static_cast<double>(below));
  }
  // The sum of the buckets, since counters that are read one after the other
  // need not agree.
  below += values.buckets[last];
  labelled(fmt::format("{}_bucket", name), "le", "+Inf",
           static_cast<double>(below));
  fmt::format_to(std::back_inserter(text_), "{0}_sum {1}\n{0}_count {2}\n",
                 name, static_cast<double>(values.sum_us) / 1e6, below);
}

void append_runtime(metrics_text& out, const runtime_stats& stats) {
  const auto real = [](auto value) { return static_cast<double>(value); };
  out.gauge("rollcall_presences", "Visible now.", real(stats.presences));
  out.gauge("rollcall_own_presences", "Tracked on this node.",
            real(stats.own_presences));
  out.gauge("rollcall_topics", "With presences now.", real(stats.topics));
  out.gauge("rollcall_subscriptions", "Now.", real(stats.subscriptions));
  out.gauge("rollcall_owners", "Monitored now.", real(stats.owners));
  out.gauge("rollcall_waiting_changes", "In the queues of the dispatchers.",
            real(stats.waiting_changes));
  out.counter("rollcall_tracks_total", "Joins.", real(stats.tracks));
  out.counter("rollcall_updates_total", "Changed metas.", real(stats.updates));
  out.counter("rollcall_untracks_total", "Leaves.", real(stats.untracks));
  out.counter("rollcall_diffs_total", "Delivered to a subscriber.",
              real(stats.diffs));
  out.counter("rollcall_dropped_events_total",
              "Broadcast events dropped because the queue of a dispatcher was "
              "full.",
              real(stats.dropped_events));
  out.counter("rollcall_hook_failures_total", "Hooks that threw.",
              real(stats.hook_failures));
  out.counter("rollcall_call_refusals_total", "Calls answered with an error.",
              real(stats.refusals));
  out.counters("rollcall_restarts_total", "Crashes mended.");
  out.labelled("rollcall_restarts_total", "actor", "shard",
               real(stats.shard_restarts));
  out.labelled("rollcall_restarts_total", "actor", "dispatcher",
               real(stats.dispatcher_restarts));
}

void append_gateway(metrics_text& out, const gateway_stats& stats) {
  const auto real = [](auto value) { return static_cast<double>(value); };
  out.gauge("rollcall_connections", "TCP, now.", real(stats.connections));
  out.gauge("rollcall_sessions", "WebSocket, now.", real(stats.sessions));
  out.gauge("rollcall_channels", "Joined topics of sessions, now.",
            real(stats.channels));
  out.gauge("rollcall_channel_topics", "Topics with a channel, now.",
            real(stats.topics));
  out.counter("rollcall_connects_total", "Sessions accepted.",
              real(stats.connects));
  out.counter("rollcall_joins_total", "Channel joins accepted.",
              real(stats.joins));
  out.counter("rollcall_http_requests_total", "That were no connects.",
              real(stats.http_requests));
  out.counter("rollcall_frames_in_total", "From clients.",
              real(stats.frames_in));
  out.counter("rollcall_frames_out_total", "To clients.",
              real(stats.frames_out));
  out.counter("rollcall_bytes_in_total", "From clients.", real(stats.bytes_in));
  out.counter("rollcall_bytes_out_total", "To clients.", real(stats.bytes_out));
  out.counter("rollcall_channel_crashes_total", "phx_error sent.",
              real(stats.channel_crashes));
  out.counters("rollcall_refusals_total", "Wishes of clients refused.");
  for (std::size_t i = 0; i < stats.refusals.size(); ++i)
    out.labelled("rollcall_refusals_total", "reason", refusal_names[i],
                 real(stats.refusals[i]));
  out.histogram("rollcall_join_seconds", "From phx_join to its reply.",
                stats.join_time);
}

void append_process(metrics_text& out) {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  out.counter("process_cpu_seconds_total", "User and system.",
              seconds(used.ru_utime) + seconds(used.ru_stime));
  out.gauge("process_resident_memory_bytes", "Now.", resident_bytes());
  out.gauge("process_open_fds", "Now.", open_files());
}

} // namespace rollcall::node
