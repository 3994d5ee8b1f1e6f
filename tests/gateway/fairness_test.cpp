#include "tests/gateway/client_frames.hpp"
#include "tests/gateway/fixture.hpp"
#include "tests/gateway/raw_client.hpp"
#include "tests/gateway/tls_client.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace rollcall;
using namespace rollcall::test;

namespace {

gateway_config one_thread() {
  return test_settings(&gateway_config::io_threads, 1);
}

/// A client that measures how long its own round trips take, on an I/O thread
/// that it shares with whoever does harm.
struct with_canary : running_gateway {
  explicit with_canary(gateway_config settings = one_thread())
      : running_gateway{std::move(settings)} {
    door.on_http([](const http_request&) {
      return http_response{200, "text/plain", std::string(1000, 'x'), {}};
    });
    open();
  }

  /// How much `count_of` grows during the median of a hundred round trips.
  template <class Count>
  std::uint64_t median_during_round_trip(test_client& canary, Count count_of) {
    std::vector<std::uint64_t> counts;
    std::vector<double> times_ms;
    for (int i = 0; i < 100; ++i) {
      const auto before = count_of();
      const auto start = std::chrono::steady_clock::now();
      BOOST_TEST_REQUIRE(canary.is_quiet());
      times_ms.push_back(std::chrono::duration<double, std::milli>(
                             std::chrono::steady_clock::now() - start)
                             .count());
      counts.push_back(count_of() - before);
    }
    std::sort(counts.begin(), counts.end());
    std::sort(times_ms.begin(), times_ms.end());
    BOOST_TEST_MESSAGE("round trips p50 " << times_ms[50] << " ms, p99 "
                                          << times_ms[98] << " ms");
    return counts[50];
  }
};

/// Sends the same bytes for ever, and reads what comes.
class endless_sender {
public:
  endless_sender(raw_client& where, const std::string& bytes)
      : sending_{[this, &where, bytes] {
          while (!is_over_ && where.send(bytes)) {
          }
        }},
        reading_{[&where] {
          while (where.discard()) {
          }
        }},
        where_{where} {
  }

  ~endless_sender() {
    is_over_ = true;
    where_.shut_down();
    sending_.join();
    reading_.join();
  }

private:
  std::atomic<bool> is_over_{false};
  std::thread sending_;
  std::thread reading_;
  raw_client& where_;
};

std::string repeated(const std::string& one, std::size_t bytes) {
  std::string all;
  while (all.size() < bytes)
    all += one;
  return all;
}

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

} // namespace

BOOST_FIXTURE_TEST_SUITE(fairness_tests, with_canary)

// Goal: a connection does not hold its I/O thread.
// Method: count what the thread does for it during one round trip of another
// client; a clock would measure the machine as well.
BOOST_AUTO_TEST_CASE(a_client_that_pipelines_requests_lets_others_in) {
  test_client canary{port()};
  raw_client greedy{port(), 0};
  const endless_sender flood{greedy, repeated(get, 100'000)};
  BOOST_TEST(eventually([this] { return door.stats().http_requests > 1000; }));
  BOOST_TEST(median_during_round_trip(
                 canary, [this] { return door.stats().http_requests; })
             < 20'000u);
}

BOOST_AUTO_TEST_CASE(a_client_that_floods_frames_lets_others_in) {
  test_client canary{port()};
  raw_client greedy{port(), 0};
  BOOST_TEST_REQUIRE(greedy.upgrade());
  const endless_sender flood{
      greedy, repeated(client_frame(opcode::pong, "x"), 100'000)};
  const auto bytes = [this] { return door.stats().bytes_in; };
  BOOST_TEST(eventually([&bytes] { return bytes() > 1'000'000; }));
  BOOST_TEST(median_during_round_trip(canary, bytes) < 40'000'000u);
}

BOOST_AUTO_TEST_CASE(drain_ends_though_a_client_pipelines_requests) {
  raw_client greedy{port(), 0};
  const endless_sender flood{greedy, repeated(get, 100'000)};
  BOOST_TEST(eventually([this] { return door.stats().http_requests > 1000; }));
  const auto before = door.stats().http_requests;
  door.stop();
  BOOST_TEST(door.stats().http_requests - before < 100'000u);
}

BOOST_AUTO_TEST_SUITE_END()
