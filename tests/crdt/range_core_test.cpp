#include "crdt/ranges/range_core.hpp"
#include "crdt/stored_entry.hpp"
#include "tests/crdt/told_checks.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <tuple>
#include <vector>

using namespace std::chrono_literals;
using namespace rollcall;
using namespace rollcall::crdt;
using rollcall::test::texts;

namespace {

constexpr subscriber_id ann{1};
constexpr subscriber_id bob{2};
constexpr presence_range top{0, 2};
constexpr presence_range next_two{2, 2};

/// Reads windows of a room, whose keys are single letters.
struct watched {
  /// The room is now these keys, each in its first version but for those that
  /// `touch` named.
  void now_in_room(const std::string& keys) {
    room = keys;
    core.changed("room");
  }

  void touch(char key) {
    ++versions[static_cast<unsigned char>(key)];
    core.changed("room");
  }

  [[nodiscard]] range_window window(const presence_range& range) const {
    range_window result;
    for (auto i = range.first;
         i < std::min(room.size(), range.first + range.count); ++i) {
      const auto key = static_cast<unsigned char>(room[i]);
      result.emplace_back(stored_entry::make(
          std::string(1, room[i]), "{}", 0,
          dot{{1}, std::uint64_t{key} * 1000 + versions[key]}, 0));
    }
    return result;
  }

  std::vector<range_window> read(const range_work& work) {
    std::vector<range_window> result;
    for (const auto& range : work.reads)
      result.push_back(window(range));
    reads += result.size();
    return result;
  }

  static void add(texts& out, const std::vector<range_delivery>& all) {
    for (const auto& one : all) {
      auto line = std::to_string(one.range.first) + ":";
      line += one.is_all ? " all" : "";
      for (const auto& joined : one.joins)
        line += " +" + std::string{joined->key()};
      for (const auto& left : one.leaves)
        line += " -" + std::string{left->key()};
      line += " to";
      for (const auto to : one.to)
        line += " " + std::to_string(to.value);
      out.push_back(line);
    }
  }

  /// All that is to be told now: "0: all +a +b to 1", "0: +c -a to 1 2".
  texts told() {
    texts result;
    while (const auto work = core.next(now)) {
      add(result, work->ready);
      add(result, core.take(*work, read(*work)));
    }
    return result;
  }

  range_core core{2};
  std::string room = "abcde";
  std::vector<std::uint64_t> versions = std::vector<std::uint64_t>(256, 1);
  std::size_t reads = 0;
  tick_time now{10s};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(range_core_tests, watched)

BOOST_AUTO_TEST_CASE(a_watcher_is_told_the_window_and_then_what_changes_in_it) {
  BOOST_TEST(core.watch(ann, "room", top, 1s));
  CHECK_TOLD("0: all +a +b to 1");
  now_in_room("acde");
  CHECK_TOLD("0: +c -b to 1");
}

BOOST_AUTO_TEST_CASE(a_change_outside_of_the_range_is_not_told) {
  BOOST_TEST(core.watch(ann, "room", top, 1s));
  told();
  now_in_room("abde");
  touch('e');
  CHECK_TOLD();
}

BOOST_AUTO_TEST_CASE(a_change_before_the_range_moves_it) {
  BOOST_TEST(core.watch(ann, "room", next_two, 1s));
  CHECK_TOLD("2: all +c +d to 1");
  now_in_room("bcde");
  CHECK_TOLD("2: +e -c to 1");
  now += 1s;
  now_in_room("Abcde");
  CHECK_TOLD("2: +c -e to 1");
}

BOOST_AUTO_TEST_CASE(a_new_version_in_the_range_is_told_with_the_former_one) {
  BOOST_TEST(core.watch(ann, "room", top, 1s));
  told();
  touch('b');
  CHECK_TOLD("0: +b -b to 1");
}

BOOST_AUTO_TEST_CASE(what_came_and_went_within_an_interval_is_not_told) {
  BOOST_TEST(core.watch(ann, "room", top, 1s));
  told();
  now_in_room("a0bcde");
  now_in_room("abcde");
  CHECK_TOLD();
}

BOOST_AUTO_TEST_CASE(within_an_interval_changes_are_told_once) {
  BOOST_TEST(core.watch(ann, "room", top, 1s));
  told();
  touch('a');
  told();
  touch('a');
  touch('b');
  BOOST_TEST((core.next_deadline() == now + 1s));
  CHECK_TOLD_AFTER(1s, "0: +a +b -a -b to 1");
  BOOST_TEST(!core.next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(a_range_is_read_once_for_all_who_watch_it) {
  BOOST_TEST(core.watch(ann, "room", top, 1s));
  BOOST_TEST(core.watch(bob, "room", top, 1s));
  CHECK_TOLD("0: all +a +b to 1 2");
  BOOST_TEST(core.ranges() == 1u);
  touch('a');
  CHECK_TOLD("0: +a -a to 1 2");
  BOOST_TEST(reads == 2u);
}

BOOST_AUTO_TEST_CASE(all_ranges_of_a_topic_are_read_together) {
  BOOST_TEST(core.watch(ann, "room", top, 1s));
  BOOST_TEST(core.watch(bob, "room", next_two, 1s));
  told();
  now_in_room("bcde");
  const auto work = core.next(now);
  BOOST_TEST((work->reads == std::vector{top, next_two}));
  texts result;
  add(result, core.take(*work, read(*work)));
  BOOST_TEST((result == texts{"0: +c -a to 1", "2: +e -c to 2"}));
}

BOOST_AUTO_TEST_CASE(ranges_of_many_places_are_read_in_pieces) {
  range_core pieces{10, 4};
  for (std::size_t first : {0, 2, 4, 6, 8})
    BOOST_TEST(pieces.watch(ann, "room", {first, 2}, 1s));
  BOOST_TEST(pieces.watch(ann, "room", {10, 100}, 1s)); // More than a piece.
  const auto read_all = [&] {
    std::vector<std::size_t> sizes;
    while (const auto work = pieces.next(now)) {
      sizes.push_back(work->reads.size());
      std::ignore
          = pieces.take(*work, std::vector<range_window>(work->reads.size()));
    }
    return sizes;
  };
  BOOST_TEST(read_all() == (std::vector<std::size_t>{2, 2, 1, 1}));
  pieces.changed("room");
  const auto first = pieces.next(now);
  pieces.changed("room"); // While the others are not read yet.
  BOOST_TEST(first->reads.size() == 2u);
  pieces.unwatch(ann, "room", {8, 2});
  std::ignore = pieces.take(*first, std::vector<range_window>(2));
  BOOST_TEST(read_all() == (std::vector<std::size_t>{2, 1}));
  BOOST_TEST((pieces.next_deadline() == now + 1s));
}

BOOST_AUTO_TEST_CASE(a_newcomer_alone_is_told_what_the_others_know) {
  BOOST_TEST(core.watch(ann, "room", top, 1s));
  told();
  touch('a');
  told();
  now_in_room("bcde");
  BOOST_TEST(core.watch(bob, "room", top, 1s));
  const auto before = reads;
  CHECK_TOLD("0: all +a +b to 2");
  BOOST_TEST(reads == before);
  now += 1s;
  CHECK_TOLD("0: +c -a to 1 2");
}

BOOST_AUTO_TEST_CASE(who_comes_while_a_window_is_read_is_told_all_of_it) {
  BOOST_TEST(core.watch(ann, "room", top, 1s));
  told();
  touch('b');
  const auto work = core.next(now);
  BOOST_TEST(core.watch(bob, "room", top, 1s));
  texts result;
  add(result, core.take(*work, read(*work)));
  BOOST_TEST((result == texts{"0: +b -b to 1", "0: all +a +b to 2"}));
  CHECK_TOLD();
}

BOOST_AUTO_TEST_CASE(who_goes_while_a_window_is_read_is_told_nothing) {
  BOOST_TEST(core.watch(ann, "room", top, 1s));
  told();
  touch('b');
  const auto work = core.next(now);
  core.forget(ann);
  BOOST_TEST(core.take(*work, read(*work)).empty());
  BOOST_TEST(core.is_idle());
}

BOOST_AUTO_TEST_CASE(a_change_while_a_window_is_read_is_told_next_time) {
  BOOST_TEST(core.watch(ann, "room", top, 1s));
  told();
  touch('b');
  const auto work = core.next(now);
  const auto windows = read(*work);
  touch('a');
  texts result;
  add(result, core.take(*work, windows));
  BOOST_TEST((result == texts{"0: +b -b to 1"}));
  now += 1s;
  CHECK_TOLD("0: +a -a to 1");
}

BOOST_AUTO_TEST_CASE(who_watches_again_is_told_all_again) {
  BOOST_TEST(core.watch(ann, "room", top, 1s));
  told();
  BOOST_TEST(core.watch(ann, "room", top, 2s));
  CHECK_TOLD("0: all +a +b to 1");
  touch('a');
  CHECK_TOLD("0: +a -a to 1");
  touch('a');
  BOOST_TEST((core.next_deadline() == now + 2s));
}

BOOST_AUTO_TEST_CASE(ranges_of_one_watcher_are_bounded) {
  BOOST_TEST(core.watch(ann, "room", top, 1s));
  BOOST_TEST(core.watch(ann, "hall", top, 1s));
  BOOST_TEST(!core.watch(ann, "room", next_two, 1s));
  BOOST_TEST(core.watch(ann, "room", top, 2s));
  core.unwatch(ann, "hall", top);
  BOOST_TEST(core.watch(ann, "room", next_two, 1s));
}

BOOST_AUTO_TEST_CASE(a_watcher_that_may_watch_nothing_is_not_remembered) {
  range_core none{0};
  BOOST_TEST(!none.watch(ann, "room", top, 1s));
  BOOST_TEST(!none.is_watching(ann));
}

BOOST_AUTO_TEST_CASE(nothing_is_left_of_who_ends_to_watch) {
  BOOST_TEST(core.watch(ann, "room", top, 1s));
  BOOST_TEST(core.watch(ann, "hall", top, 1s));
  core.changed("hall");
  core.unwatch(ann, "room", top);
  core.unwatch(ann, "room", top);
  BOOST_TEST(core.is_watching(ann));
  core.forget(ann);
  core.forget(ann);
  BOOST_TEST(core.is_idle());
  BOOST_TEST(!core.is_watching(ann));
  BOOST_TEST(!core.next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(after_lost_deliveries_all_is_told_again) {
  BOOST_TEST(core.watch(ann, "room", top, 1s));
  told();
  touch('a');
  static_cast<void>(core.next(now)); // Taken, and lost with its taker.
  core.tell_all_again();
  CHECK_TOLD("0: all +a +b to 1");
  now += 1s;
  CHECK_TOLD();
}

BOOST_AUTO_TEST_SUITE_END()
