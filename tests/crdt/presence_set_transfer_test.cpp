#include "crdt/presence_set.hpp"
#include "tests/support/watched_set.hpp"

#include <boost/test/unit_test.hpp>

using namespace rollcall;
using crdt::apply_result;
using crdt::progress;
using crdt::seq_run;
using test::everything;
using test::replica;
using test::watched_set;
using names = std::vector<std::string>;

namespace {

/// a has a history; b and c read it; the log of a is short.
struct one_history : test::three_sets {
  one_history() : three_sets{4} {
  }

  void join_many(int from, int to) {
    for (int i = from; i <= to; ++i)
      a.join("room", "user" + std::to_string(100 + i),
             static_cast<std::uint64_t>(i));
  }

  void leave_many(int from, int to) {
    for (int i = from; i <= to; ++i)
      a.leave("room", "user" + std::to_string(100 + i),
              static_cast<std::uint64_t>(i));
  }

  /// Takes one chunk of a's history from `source`.
  static apply_result chunk(watched_set& reader, const watched_set& source,
                            crdt::replica_tag of) {
    const auto part
        = source.set.make_interval(of, reader.set.progress_of(of), 1);
    BOOST_REQUIRE(part.has_value());
    return reader.apply(*part);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(presence_set_transfer_tests, one_history)

BOOST_AUTO_TEST_CASE(there_is_nothing_to_tell_one_who_knows_all) {
  BOOST_TEST(!a.since({}).has_value());
  join_many(1, 3);
  BOOST_TEST(!a.since(a.set.progress_of(a.tag())).has_value());
  BOOST_TEST(!a.since({99, 99}).has_value());
  BOOST_TEST(!a.set.make_interval({12'345}, {}, everything).has_value());
}

BOOST_AUTO_TEST_CASE(recent_deaths_are_named) {
  join_many(1, 3);
  const auto known = a.set.progress_of(a.tag());
  leave_many(2, 2);
  const auto news = a.since(known);
  BOOST_TEST(!news->has_survivors);
  BOOST_TEST((news->removed == std::vector<crdt::removed_dot>{2}));
  BOOST_TEST(news->live.empty());
}

BOOST_AUTO_TEST_CASE(deaths_that_the_log_forgot_are_told_by_the_survivors) {
  join_many(1, 20);
  b.sync_from(a);
  const auto known = b.set.progress_of(a.tag());
  leave_many(4, 9);
  const auto news = a.since(known);
  BOOST_TEST(news->has_survivors);
  BOOST_TEST((news->survivors == std::vector<seq_run>{{1, 3}, {10, 20}}));
  b.apply(*news);
  BOOST_TEST(b.shown() == a.shown(), boost::test_tools::per_element());
  BOOST_TEST(b.last.size() == 6u);
}

BOOST_AUTO_TEST_CASE(a_chunk_has_at_least_one_presence_and_the_rest_follows) {
  join_many(1, 5);
  int chunks = 0;
  while (b.set.progress_of(a.tag()).seen < 5 && ++chunks < 100)
    BOOST_TEST((chunk(b, a, a.tag()) == apply_result::applied));
  BOOST_TEST(chunks == 5);
  BOOST_TEST(b.list("room").size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_budget_of_no_bytes_still_makes_progress) {
  join_many(1, 3);
  const auto part = a.since({}, 0);
  BOOST_TEST(part->to == 1u);
  BOOST_TEST(part->live.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_chunk_tells_the_survivors_once) {
  join_many(1, 10);
  b.sync_from(a);
  leave_many(1, 6);
  join_many(11, 20);
  const auto first
      = a.set.make_interval(a.tag(), b.set.progress_of(a.tag()), 1);
  BOOST_TEST(first->has_survivors);
  b.apply(*first);
  const auto second
      = a.set.make_interval(a.tag(), b.set.progress_of(a.tag()), 1);
  BOOST_TEST(!second->has_survivors);
  BOOST_TEST(second->removed.empty());
}

BOOST_AUTO_TEST_CASE(deaths_between_two_chunks_come_with_the_second) {
  join_many(1, 4);
  chunk(b, a, a.tag());
  chunk(b, a, a.tag());
  leave_many(1, 1);
  chunk(b, a, a.tag());
  BOOST_TEST(b.list("room") == (names{"user102/{}", "user103/{}"}));
}

BOOST_AUTO_TEST_CASE(a_lost_chunk_makes_the_next_one_a_hole) {
  join_many(1, 4);
  auto known = b.set.progress_of(a.tag());
  const auto first = a.since(known, 1);
  const auto second = a.since({first->to, first->as_of}, 1);
  BOOST_TEST((b.apply(*second) == apply_result::hole));
  BOOST_TEST((b.apply(*first) == apply_result::applied));
  BOOST_TEST((b.apply(*second) == apply_result::applied));
}

// The ghost: b has a first chunk as of a late write, and goes on with chunks
// of c, which is at an earlier one. What died between the two must be told
// again when a comes back, though b's first chunk knew of it.
BOOST_AUTO_TEST_CASE(a_transfer_resumed_by_a_staler_source_leaves_no_ghost) {
  join_many(1, 6);
  c.sync_from(a); // c: all six, as of 6
  leave_many(4, 5);
  chunk(b, a, a.tag()); // b: the first one, as of 8
  BOOST_TEST((b.set.progress_of(a.tag()) == progress{1, 8}));
  while (c.set.progress_of(a.tag()).seen > b.set.progress_of(a.tag()).seen)
    BOOST_TEST((chunk(b, c, a.tag()) == apply_result::applied));
  BOOST_TEST(b.list("room").size() == 6u); // what c knows, the dead included
  BOOST_TEST((b.set.progress_of(a.tag()) == progress{6, 6}));
  b.sync_from(a);
  BOOST_TEST(b.shown() == a.shown(), boost::test_tools::per_element());
  c.sync_from(b);
  BOOST_TEST(c.shown() == a.shown(), boost::test_tools::per_element());
}

// The reverse: what an early chunk held died before the later source's state.
BOOST_AUTO_TEST_CASE(a_transfer_resumed_by_a_fresher_source_buries_the_dead) {
  join_many(1, 6);
  c.sync_from(a);
  chunk(b, c, a.tag());
  chunk(b, c, a.tag());
  leave_many(1, 6);
  join_many(7, 8);
  BOOST_TEST((chunk(b, a, a.tag()) == apply_result::applied));
  b.sync_from(a);
  BOOST_TEST(b.list("room") == (names{"user107/{}", "user108/{}"}));
}

BOOST_AUTO_TEST_CASE(named_deaths_are_refused_by_one_who_missed_earlier_ones) {
  join_many(1, 3);
  b.sync_from(a); // as of 3
  c.sync_from(a);
  leave_many(1, 1);
  const auto first = a.since({3, 3});
  c.apply(*first); // as of 4
  leave_many(2, 2);
  auto second = a.since(c.set.progress_of(a.tag()));
  BOOST_TEST(second->since == 4u);
  BOOST_TEST((b.apply(*second) == apply_result::hole));
  b.sync_from(a);
  BOOST_TEST(b.list("room") == (names{"user103/{}"}));
}

BOOST_AUTO_TEST_CASE(a_third_party_answers_for_a_replica_it_only_heard_of) {
  join_many(1, 4);
  b.sync_from(a);
  leave_many(1, 2);
  b.sync_from(a);
  c.sync_from(b);
  BOOST_TEST(c.shown() == a.shown(), boost::test_tools::per_element());
  BOOST_TEST((c.set.progress_of(a.tag()) == progress{6, 6}));
}

BOOST_AUTO_TEST_CASE(a_log_without_room_still_gives_exact_intervals) {
  watched_set d{replica("d"), 0};
  b.set.know(d.set.self(), true);
  for (std::uint64_t i = 0; i < 30; ++i) {
    d.join("room", "user" + std::to_string(i), i);
    if (i % 3 == 2)
      d.leave("room", "user" + std::to_string(i - 1), i - 1);
    if (i % 5 == 4)
      d.update("room", "user" + std::to_string(i), i, "{\"v\":1}");
    b.sync_from(d);
    BOOST_TEST(b.shown() == d.shown(), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_SUITE_END()
