#include "crdt/cluster/sent_reports.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <vector>

using namespace rollcall::crdt;

namespace {

/// Reports about replicas 1 and 2 to one peer, each in the next heartbeat.
struct one_reader {
  sent_reports reports;
  known_replica first{{1}, {5, 5}};
  known_replica second{{2}, {7, 7}};
  std::uint64_t sequence = 0;
  std::uint64_t acknowledged = 0;

  shard_report tell(const std::vector<known_replica>& known) {
    return reports.make("reader", known, ++sequence, acknowledged,
                        acknowledged == 0);
  }

  void acknowledge() {
    acknowledged = sequence;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sent_reports_tests, one_reader)

BOOST_AUTO_TEST_CASE(a_first_report_is_whole) {
  const auto report = tell({first, second});
  BOOST_TEST(report.is_whole);
  BOOST_TEST(report.replicas.size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_was_acknowledged_is_told_when_it_changes) {
  static_cast<void>(tell({first, second}));
  acknowledge();
  BOOST_TEST(tell({first, second}).is_empty());
  second.known = {8, 8};
  const auto report = tell({first, second});
  BOOST_TEST(!report.is_whole);
  BOOST_TEST((report.replicas == std::vector{second}));
  BOOST_TEST((tell({first, second}).replicas == std::vector{second}));
  acknowledge();
  BOOST_TEST(tell({first, second}).is_empty());
}

BOOST_AUTO_TEST_CASE(
    what_is_told_no_more_is_dropped_until_that_is_acknowledged) {
  static_cast<void>(tell({first, second}));
  acknowledge();
  for (int i = 0; i < 2; ++i) {
    const auto report = tell({first});
    BOOST_REQUIRE(report.replicas.size() == 1u);
    BOOST_TEST((report.replicas[0].replica == second.replica));
    BOOST_TEST(report.replicas[0].is_dropped);
  }
  acknowledge();
  BOOST_TEST(tell({first}).is_empty());
  BOOST_TEST((tell({first, second}).replicas == std::vector{second}));
}

BOOST_AUTO_TEST_CASE(a_whole_report_tells_what_was_acknowledged) {
  static_cast<void>(tell({first, second}));
  acknowledge();
  const auto report
      = reports.make("reader", {first}, ++sequence, acknowledged, true);
  BOOST_TEST(report.is_whole);
  BOOST_TEST((report.replicas == std::vector{first}));
}

BOOST_AUTO_TEST_CASE(a_reader_without_a_past_is_told_everything) {
  static_cast<void>(tell({first}));
  acknowledge();
  acknowledged = 0; // it met a gap
  BOOST_TEST(tell({first}).is_whole);
  acknowledge();
  reports.forget("reader");
  BOOST_TEST((tell({first}).replicas == std::vector{first}));
}

BOOST_AUTO_TEST_SUITE_END()
