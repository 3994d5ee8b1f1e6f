#include "crdt/presence_set.hpp"
#include "tests/support/counting_allocator.hpp"
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/watched_set.hpp"

#include <boost/test/unit_test.hpp>

using namespace rollcall;
using test::allocated_bytes;
using test::everything;
using test::replica;

namespace {

constexpr std::size_t population = 1'000;

/// Keeps a constant population: replaces a random presence in one of the
/// three ways there are.
void churn(crdt::presence_set& set, std::vector<std::string>& keys,
           test::random_source& random) {
  const auto which = random.below(keys.size());
  const auto owner = which;
  const auto topic = "topic" + std::to_string(which % 50);
  if (random.chance(0.3)) {
    set.update(topic,
               crdt::stored_entry::make(keys[which], "{\"v\":1}", owner));
    return;
  }
  set.leave(topic, keys[which], owner);
  keys[which] = "key" + std::to_string(random.below(100'000));
  set.join(topic, crdt::stored_entry::make(keys[which], "{\"v\":0}", owner));
}

} // namespace

BOOST_AUTO_TEST_SUITE(history_tests)

// Goal: memory depends on who is there, not on how many ever were.
// Method: 1000 presences, 400 000 writes among them; the writer and a reader
// that follows are measured by their live allocations.
BOOST_AUTO_TEST_CASE(nothing_grows_with_history) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << test::seed()) {
    test::random_source random{test::seed()};
    crdt::presence_set writer{replica("w"), 1'000};
    crdt::presence_set reader{replica("r")};
    reader.know(writer.self(), true);
    std::vector<std::string> keys(population);
    crdt::changes out;
    const auto run = [&](int writes) {
      for (int i = 0; i < writes; ++i) {
        churn(writer, keys, random);
        if (i % 100 != 99)
          continue;
        const auto tag = writer.self_tag();
        const auto news
            = writer.make_interval(tag, reader.progress_of(tag), everything);
        out.clear();
        reader.apply(*news, out);
      }
      out = {};
    };
    run(40'000);
    const auto before = allocated_bytes();
    run(200'000);
    const auto after = allocated_bytes();
    BOOST_TEST(writer.size() == reader.size());
    BOOST_TEST_MESSAGE("bytes before " << before << ", after " << after);
    BOOST_TEST(after < before + before / 20);
  }
}

// W3 of the reference: there every restart of a node costs all others memory
// for good.
BOOST_AUTO_TEST_CASE(a_thousand_restarts_of_a_replica_leave_nothing_behind) {
  crdt::presence_set reader{replica("r")};
  crdt::changes out;
  const auto live_and_die = [&](std::uint64_t incarnation) {
    crdt::presence_set writer{replica("w", incarnation)};
    for (std::uint64_t owner = 0; owner < 20; ++owner)
      writer.join("room" + std::to_string(owner),
                  crdt::stored_entry::make("alice", "{}", owner));
    reader.know(writer.self(), true);
    const auto all = writer.make_interval(writer.self_tag(), {}, everything);
    reader.apply(*all, out);
    reader.forget(writer.self_tag(), out);
    out = {};
  };
  live_and_die(1);
  const auto before = allocated_bytes();
  for (std::uint64_t incarnation = 2; incarnation <= 1'001; ++incarnation)
    live_and_die(incarnation);
  BOOST_TEST(allocated_bytes() == before);
  BOOST_TEST(reader.size() == 0u);
  BOOST_TEST(reader.replicas().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_set_gives_all_its_memory_back) {
  const auto before = allocated_bytes();
  {
    crdt::presence_set set{replica("a")};
    for (std::uint64_t owner = 0; owner < 1'000; ++owner)
      set.join(
          "room" + std::to_string(owner % 30),
          crdt::stored_entry::make("key" + std::to_string(owner), "{}", owner));
  }
  BOOST_TEST(allocated_bytes() == before);
}

BOOST_AUTO_TEST_SUITE_END()
