#include "app/gateway/latency_recorder.hpp"
#include "app/node/cluster_status.hpp"
#include "app/node/metrics_text.hpp"
#include "tests/support/contains.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <sstream>
#include <string>

using namespace rollcall;
using namespace rollcall::node;
using rollcall::test::contains;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(metrics_text_tests)

BOOST_AUTO_TEST_CASE(a_gauge_has_help_type_and_value) {
  metrics_text out;
  out.gauge("rollcall_sessions", "Now.", 3);
  BOOST_TEST(out.text()
             == "# HELP rollcall_sessions Now.\n# TYPE rollcall_sessions "
                "gauge\nrollcall_sessions 3\n");
}

BOOST_AUTO_TEST_CASE(a_large_counter_keeps_all_its_digits) {
  metrics_text out;
  out.counter("x_total", "X.", 123456789012.0);
  BOOST_TEST(contains(out.text(), "x_total 123456789012"));
}

BOOST_AUTO_TEST_CASE(refusals_are_counted_by_reason) {
  gateway_stats stats;
  stats.refusals[static_cast<std::size_t>(refusal::origin)] = 2;
  metrics_text out;
  append_gateway(out, stats);
  BOOST_TEST(
      contains(out.text(), "rollcall_refusals_total{reason=\"origin\"} 2\n"));
  BOOST_TEST(
      contains(out.text(), "rollcall_refusals_total{reason=\"idle\"} 0\n"));
}

BOOST_AUTO_TEST_CASE(events_that_were_dropped_are_exported) {
  runtime_stats stats;
  stats.dropped_events = 7;
  metrics_text out;
  append_runtime(out, stats);
  BOOST_TEST(contains(out.text(), "\nrollcall_dropped_events_total 7\n"));
}

BOOST_AUTO_TEST_CASE(a_duration_falls_into_the_bucket_above_it) {
  channels::latency_recorder recorder;
  recorder.record(0us);
  recorder.record(1us);
  recorder.record(1000us);
  recorder.record(24h);
  recorder.record(-1us);
  const auto taken = recorder.snapshot();
  BOOST_TEST(taken.count == 5u);
  BOOST_TEST(taken.buckets[0] == 2u);
  BOOST_TEST(taken.buckets[1] == 1u);
  BOOST_TEST(taken.buckets[10] == 1u);
  BOOST_TEST(taken.buckets.back() == 1u);
}

BOOST_AUTO_TEST_CASE(a_histogram_counts_upwards_and_ends_at_infinity) {
  channels::latency_recorder recorder;
  recorder.record(0us);
  recorder.record(1000us);
  metrics_text out;
  out.histogram("t_seconds", "T.", recorder.snapshot());
  BOOST_TEST(contains(out.text(), "t_seconds_bucket{le=\"1e-06\"} 1\n"));
  BOOST_TEST(contains(out.text(), "t_seconds_bucket{le=\"0.000512\"} 1\n"));
  BOOST_TEST(contains(out.text(), "t_seconds_bucket{le=\"0.001024\"} 2\n"));
  BOOST_TEST(contains(out.text(), "t_seconds_bucket{le=\"+Inf\"} 2\n"));
  BOOST_TEST(contains(out.text(), "t_seconds_sum 0.001\nt_seconds_count 2\n"));
}

BOOST_AUTO_TEST_CASE(lines_that_the_log_lost_are_counted_by_reason) {
  metrics_text out;
  append_log(out, {1, 2, 3});
  for (const char* line :
       {"{reason=\"repeated\"} 1\n", "{reason=\"queue_full\"} 2\n",
        "{reason=\"refused\"} 3\n"})
    BOOST_TEST(contains(out.text(),
                        std::string{"rollcall_log_lines_lost_total"} + line));
}

// "Now." told nobody of what.
BOOST_AUTO_TEST_CASE(every_help_text_is_a_few_words_at_least) {
  metrics_text out;
  append_runtime(out, {});
  append_gateway(out, {});
  append_cluster(out, {}, {});
  append_log(out, {});
  append_process(out);
  std::istringstream lines{out.text()};
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("# HELP "))
      // "# HELP name", and three words or more.
      BOOST_TEST(std::count(line.begin(), line.end(), ' ') >= 5, line);
}

BOOST_AUTO_TEST_CASE(the_process_shows_its_memory_and_files) {
  metrics_text out;
  append_process(out);
  BOOST_TEST(contains(out.text(), "process_resident_memory_bytes "));
  BOOST_TEST(!contains(out.text(), "process_open_fds 0\n"));
}

BOOST_AUTO_TEST_SUITE_END()
