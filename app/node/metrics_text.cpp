#include "app/node/metrics_text.hpp"

#include "app/node/resident_memory.hpp"

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
                         metric_value value) {
  gauges(name, help);
  fmt::format_to(std::back_inserter(text_), "{} {}\n", name, value.number);
}

void metrics_text::counter(std::string_view name, std::string_view help,
                           metric_value value) {
  counters(name, help);
  fmt::format_to(std::back_inserter(text_), "{} {}\n", name, value.number);
}

void metrics_text::gauges(std::string_view name, std::string_view help) {
  head(name, help, "gauge");
}

void metrics_text::counters(std::string_view name, std::string_view help) {
  head(name, help, "counter");
}

void metrics_text::labelled(std::string_view name, std::string_view label,
                            std::string_view label_value, metric_value value) {
  fmt::format_to(std::back_inserter(text_), "{}{{{}=\"{}\"}} {}\n", name, label,
                 label_value, value.number);
}

void metrics_text::histogram(std::string_view name, std::string_view help,
                             const duration_histogram& values) {
  head(name, help, "histogram");
  std::uint64_t below = 0;
  const auto last = values.buckets.size() - 1;
  for (std::size_t i = 0; i < last; ++i) {
    below += values.buckets[i];
    labelled(fmt::format("{}_bucket", name), "le",
             fmt::format("{:g}", static_cast<double>(1ull << i) / 1e6), below);
  }
  // The sum of the buckets, since counters that are read one after the other
  // need not agree.
  below += values.buckets[last];
  labelled(fmt::format("{}_bucket", name), "le", "+Inf", below);
  fmt::format_to(std::back_inserter(text_), "{0}_sum {1}\n{0}_count {2}\n",
                 name, static_cast<double>(values.sum_us) / 1e6, below);
}

void append_runtime(metrics_text& out, const runtime_stats& stats) {
  out.gauge("rollcall_presences",
            "Presences that are visible now, of all nodes.", stats.presences);
  out.gauge("rollcall_own_presences",
            "Presences whose owners live on this node, now.",
            stats.own_presences);
  out.gauge("rollcall_topics", "Topics that have presences now.", stats.topics);
  out.gauge("rollcall_subscriptions",
            "Subscriptions to topics that are open now.", stats.subscriptions);
  out.gauge("rollcall_owners",
            "Actors that own presences and are monitored now.", stats.owners);
  out.gauge("rollcall_followers", "Actors that follow keys now.",
            stats.followers);
  out.gauge("rollcall_follows", "Keys that they follow now, summed.",
            stats.follows);
  out.gauge("rollcall_last_seen_keys",
            "Keys without a presence of which it is known when they had one.",
            stats.last_seen_keys);
  out.gauge(
      "rollcall_ranges",
      "Ranges of topics that are watched now, each once for all who watch it.",
      stats.ranges);
  out.gauge("rollcall_waiting_changes",
            "Changes that wait in the queues of the dispatchers now.",
            stats.waiting_changes);
  out.counter("rollcall_tracks_total", "Presences tracked on this node.",
              stats.tracks);
  out.counter("rollcall_updates_total",
              "Presences of this node whose meta was changed.", stats.updates);
  out.counter("rollcall_untracks_total", "Presences of this node that ended.",
              stats.untracks);
  out.counter("rollcall_diffs_total",
              "Diffs delivered, one for each subscriber.", stats.diffs);
  out.counter("rollcall_statuses_total",
              "Messages to followers of keys: states, and keys that came "
              "online or went offline.",
              stats.statuses);
  out.counter(
      "rollcall_dropped_events_total",
      "Broadcast events dropped because the queue of a dispatcher was full.",
      stats.dropped_events);
  out.counter("rollcall_hook_failures_total", "Calls of hooks that threw.",
              stats.hook_failures);
  out.counter("rollcall_call_refusals_total",
              "Calls of the presence API that were answered with an error.",
              stats.refusals);
  out.counters("rollcall_restarts_total",
               "Actors that crashed and were restarted.");
  out.labelled("rollcall_restarts_total", "actor", "shard",
               stats.shard_restarts);
  out.labelled("rollcall_restarts_total", "actor", "dispatcher",
               stats.dispatcher_restarts);
}

void append_gateway(metrics_text& out, const gateway_stats& stats) {
  out.gauge("rollcall_connections",
            "TCP connections of clients that are open now.", stats.connections);
  out.gauge("rollcall_sessions", "WebSocket sessions that are open now.",
            stats.sessions);
  out.gauge("rollcall_channels",
            "Channels that are joined now, one for each session and topic.",
            stats.channels);
  out.gauge("rollcall_channel_topics",
            "Topics that at least one session has joined now.", stats.topics);
  out.counter("rollcall_connects_total",
              "WebSocket connects that were accepted.", stats.connects);
  out.counter("rollcall_joins_total", "Joins of a channel that were accepted.",
              stats.joins);
  out.counter("rollcall_http_requests_total",
              "HTTP requests, without WebSocket connects.",
              stats.http_requests);
  out.counter("rollcall_frames_in_total",
              "WebSocket frames received from clients.", stats.frames_in);
  out.counter("rollcall_frames_out_total", "WebSocket frames sent to clients.",
              stats.frames_out);
  out.counter("rollcall_bytes_in_total", "Bytes received from clients.",
              stats.bytes_in);
  out.counter("rollcall_bytes_out_total", "Bytes sent to clients.",
              stats.bytes_out);
  out.gauge("rollcall_unsent_bytes", "Bytes that clients have not read yet.",
            stats.unsent_bytes);
  out.counter("rollcall_channel_crashes_total",
              "Channels that crashed; their clients were sent phx_error.",
              stats.channel_crashes);
  out.counter("rollcall_invalid_answers_total",
              "Answers of the application that were no JSON or no HTTP, and "
              "were not sent.",
              stats.invalid_answers);
  out.counter("rollcall_callback_failures_total",
              "Callbacks of the application that threw.",
              stats.callback_failures);
  out.counters("rollcall_refusals_total",
               "Requests, connects and messages of clients that were refused, "
               "by reason.");
  for (std::size_t i = 0; i < stats.refusals.size(); ++i)
    out.labelled("rollcall_refusals_total", "reason", refusal_names[i],
                 stats.refusals[i]);
  out.histogram("rollcall_join_seconds", "Time from a phx_join to its reply.",
                stats.join_time);
}

void append_channels(metrics_text& out, const duration_histogram& track_time) {
  out.histogram("rollcall_track_seconds",
                "From a join to the answer of its track.", track_time);
}

void append_admin(metrics_text& out, std::uint64_t wrong_token,
                  std::uint64_t too_often) {
  constexpr const char* name = "rollcall_admin_refusals_total";
  out.counters(name, "Requests with an admin token that was wrong, or that was "
                     "not looked at after too many wrong ones.");
  out.labelled(name, "reason", "wrong_token", wrong_token);
  out.labelled(name, "reason", "too_often", too_often);
}

void append_log(metrics_text& out, const log_losses& lost) {
  constexpr const char* name = "rollcall_log_lines_lost_total";
  out.counters(name,
               "Log lines that were not written: of a kind that repeats, or "
               "because standard error is read too slowly or takes nothing.");
  out.labelled(name, "reason", "repeated", lost.repeated);
  out.labelled(name, "reason", "queue_full", lost.queue_full);
  out.labelled(name, "reason", "refused", lost.refused);
}

void append_process(metrics_text& out) {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  out.counter("process_cpu_seconds_total",
              "CPU time that the process has used, user and system.",
              seconds(used.ru_utime) + seconds(used.ru_stime));
  out.gauge("process_resident_memory_bytes",
            "Memory of the process that is in RAM now.", resident_bytes());
  out.gauge("process_open_fds", "File descriptors that are open now.",
            open_files());
}

} // namespace rollcall::node
