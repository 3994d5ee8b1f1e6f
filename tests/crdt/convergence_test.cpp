#include "crdt/presence_set.hpp"
#include "tests/support/owned_interval.hpp"
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/watched_set.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <memory>

using namespace rollcall;
using crdt::apply_result;
using test::everything;
using test::replica;
using test::watched_set;

namespace {

/// One random own write, some of them refused.
void write(watched_set& where, test::random_source& random) {
  const auto topic = "topic" + std::to_string(random.below(4));
  const auto key = "key" + std::to_string(random.below(6));
  const auto owner = random.below(5);
  const auto meta = "{\"v\":" + std::to_string(random.below(1'000)) + "}";
  switch (random.below(8)) {
  case 0:
    where.leave_owner(owner);
    break;
  case 1:
  case 2:
    where.leave(topic, key, owner);
    break;
  case 3:
    where.update(topic, key, owner, meta);
    break;
  case 4:
    if (const auto* before = where.set.find(topic, key, owner);
        before != nullptr && where.set.find(topic, key, owner + 7) == nullptr)
      where.replace(*before, crdt::stored_entry::make(key, meta, owner + 7));
    break;
  default:
    where.join(topic, key, owner, meta);
  }
}

std::size_t log_bound(test::random_source& random) {
  return std::vector<std::size_t>{0, 3, 20, 65'536}[random.below(4)];
}

} // namespace

BOOST_AUTO_TEST_SUITE(convergence_tests)

// Goal: however intervals arrive, a reader ends with exactly the writer's set.
// Method: one writer; every few writes somebody makes intervals from random
// points, in random chunks; all are shuffled, some doubled, some dropped; a
// hole is refetched at random from the writer or from another reader.
BOOST_AUTO_TEST_CASE(intervals_in_any_order_end_in_the_writers_set) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << test::seed()) {
    test::random_source random{test::seed()};
    for (int round = 0; round < 60; ++round) {
      watched_set writer{replica("w"), log_bound(random)};
      std::deque<watched_set> readers;
      for (const auto* name : {"x", "y", "z"})
        readers.emplace_back(replica(name)).set.know(writer.set.self(), true);
      std::vector<test::owned_interval> wire;
      for (int i = 0; i < 120; ++i) {
        write(writer, random);
        const auto seen = writer.set.progress_of(writer.tag()).seen;
        const auto from = random.between(0, seen);
        const crdt::progress known{from, random.between(from, seen)};
        if (auto some = writer.since(known, random.below(400)))
          wire.emplace_back(std::move(*some));
        if (!wire.empty() && random.chance(0.1))
          wire.push_back(test::owned_interval{wire[random.below(wire.size())]});
        while (wire.size() > random.below(40) + 1) {
          const auto which = random.below(wire.size());
          auto& reader = readers[random.below(readers.size())];
          if (reader.apply(*wire[which]) == apply_result::hole
              && random.chance(0.3))
            reader.sync_from(random.chance(0.5)
                                 ? writer
                                 : readers[random.below(readers.size())],
                             random.below(300));
          reader.check();
          if (random.chance(0.8))
            wire.erase(wire.begin() + static_cast<std::ptrdiff_t>(which));
        }
      }
      for (auto& reader : readers) {
        reader.sync_from(writer, random.below(2'000));
        BOOST_TEST(reader.shown() == writer.shown(),
                   boost::test_tools::per_element());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(applying_twice_is_applying_once) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << test::seed()) {
    test::random_source random{test::seed()};
    watched_set writer{replica("w"), 20};
    watched_set reader{replica("r")};
    reader.set.know(writer.set.self(), true);
    for (int i = 0; i < 500; ++i) {
      write(writer, random);
      const auto news = writer.since(reader.set.progress_of(writer.tag()));
      if (!news)
        continue;
      reader.apply(*news);
      const auto shown = reader.shown();
      BOOST_TEST((reader.apply(*news) == apply_result::old_news));
      BOOST_TEST(reader.last.empty());
      BOOST_TEST(reader.shown() == shown, boost::test_tools::per_element());
    }
  }
}

// Goal: cutting history differently gives the same set: small steps, one
// large step and chunks are equal.
BOOST_AUTO_TEST_CASE(small_steps_and_one_large_step_end_alike) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << test::seed()) {
    test::random_source random{test::seed()};
    for (int round = 0; round < 50; ++round) {
      watched_set writer{replica("w"), log_bound(random)};
      watched_set steps{replica("s")};
      watched_set chunks{replica("c")};
      watched_set leap{replica("l")};
      for (auto* reader : {&steps, &chunks, &leap})
        reader->set.know(writer.set.self(), true);
      for (int i = 0; i < 100; ++i) {
        write(writer, random);
        steps.sync_from(writer);
        if (const auto part = writer.since(chunks.set.progress_of(writer.tag()),
                                           random.below(100)))
          chunks.apply(*part);
      }
      chunks.sync_from(writer, 50);
      leap.sync_from(writer);
      for (auto* reader : {&steps, &chunks, &leap})
        BOOST_TEST(reader->shown() == writer.shown(),
                   boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(snapshots_never_change_under_later_writes) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << test::seed()) {
    test::random_source random{test::seed()};
    watched_set writer{replica("w")};
    const auto text = [](const crdt::snapshot& snapshot) {
      std::string result;
      for (const auto& presence : snapshot)
        result.append(presence.key()).append(presence.meta());
      return result;
    };
    std::vector<std::pair<crdt::snapshot, std::string>> kept;
    for (int i = 0; i < 5'000; ++i) {
      write(writer, random);
      if (random.chance(0.1)) {
        const auto taken
            = writer.set.list("topic" + std::to_string(random.below(4)));
        kept.emplace_back(taken, text(taken));
      }
    }
    for (const auto& [taken, expected] : kept)
      BOOST_TEST(text(taken) == expected);
  }
}

BOOST_AUTO_TEST_SUITE_END()
