#include "tests/messages/interval_packet.hpp"
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/watched_set.hpp"
#include <rollcall/limits.hpp>

#include <boost/test/unit_test.hpp>

#include <span>
#include <string>
#include <vector>

using namespace rollcall;
using namespace rollcall::test;
using crdt::entry;
using crdt::interval;
using wire::decode_error;

namespace {

/// An interval in words, for comparing.
std::string text(const interval& what) {
  std::string result;
  const auto add = [&](auto number) { result += std::to_string(number) + ' '; };
  for (const auto number :
       {what.replica.value, what.from, what.to, what.as_of, what.since})
    add(number);
  result += what.has_survivors ? "survivors " : "removed ";
  for (const auto& [topic, presence] : what.live) {
    result.append(topic) += '/';
    result.append(presence->key()).append(presence->meta()) += '/';
    add(presence->owner());
    add(presence->dot().seq);
    add(presence->dot().replica.value);
    add(presence->previous_seq());
  }
  auto removed = what.removed;
  std::sort(removed.begin(), removed.end());
  for (const auto& dot : removed) {
    add(dot.seq);
    result += to_string(dot.why);
  }
  for (const auto& run : what.survivors) {
    add(run.first);
    add(run.last);
  }
  return result;
}

void expect_round_trip(const interval& what) {
  const auto packet = encoded(what);
  interval back;
  BOOST_TEST((wire::decode(bytes_of(packet), back) == decode_error::none));
  BOOST_TEST(crdt::is_well_formed(back));
  BOOST_TEST(text(back) == text(what));
}

/// One presence of which everything is written out.
void write_plain(wire::writer& to, std::uint64_t step, std::string_view topic,
                 std::string_view key, std::string_view meta) {
  to.byte(0);
  to.number(step);
  to.number(0);
  to.text(topic);
  to.number(0);
  to.text(key);
  to.text(meta);
}

struct one_writer {
  watched_set writer{replica("writer"), 8};

  void fill(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i)
      writer.join("room:" + std::to_string(i % 7), "user-" + std::to_string(i),
                  1'000 + i * 3,
                  R"({"online_at":"17000)" + std::to_string(10'000 + i)
                      + R"(","device":"web"})");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(wire_tests, one_writer)

BOOST_AUTO_TEST_CASE(an_interval_reads_back_as_it_was) {
  fill(50);
  expect_round_trip(*writer.since({}));
  writer.update("room:3", "user-3", 1'009, "{\"v\":2}");
  writer.leave("room:4", "user-4", 1'012);
  expect_round_trip(*writer.since({20, 50}));
  for (std::uint64_t i = 5; i < 30; ++i)
    writer.leave("room:" + std::to_string(i % 7), "user-" + std::to_string(i),
                 1'000 + i * 3);
  expect_round_trip(*writer.since({20, 50}));
  BOOST_TEST(writer.since({20, 50})->has_survivors);
}

BOOST_AUTO_TEST_CASE(an_interval_of_nothing_alive_reads_back) {
  fill(1);
  writer.leave("room:0", "user-0", 1'000);
  expect_round_trip(*writer.since({}));
  expect_round_trip(*writer.since({1, 1}));
}

BOOST_AUTO_TEST_CASE(random_intervals_read_back) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << test::seed()) {
    test::random_source random{test::seed()};
    for (int i = 0; i < 3'000; ++i) {
      const auto topic = std::string(1 + random.below(4), 't');
      const auto key
          = std::string(random.below(4), 'k') + std::to_string(random.below(4));
      const auto meta = std::string(random.below(5), 'a')
                        + std::to_string(random.below(30))
                        + std::string(random.below(5), 'b');
      const auto owner
          = random.chance(0.2) ? ~random.below(9) : random.below(9);
      if (random.chance(0.3))
        writer.leave(topic, key, owner);
      else if (!writer.join(topic, key, owner, meta))
        writer.update(topic, key, owner, meta);
      const auto seen = writer.set.progress_of(writer.tag()).seen;
      const auto from = random.between(0, seen);
      if (const auto some
          = writer.since({from, random.between(from, seen)}, random.below(500)))
        expect_round_trip(*some);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_was_decoded_is_taken_in_without_another_copy) {
  fill(3);
  const auto packet = encoded(*writer.since({}));
  interval back;
  BOOST_REQUIRE((wire::decode(bytes_of(packet), back) == decode_error::none));
  watched_set reader{replica("reader")};
  reader.set.know(writer.set.self(), true);
  BOOST_TEST((reader.apply(back) == crdt::apply_result::applied));
  BOOST_TEST(reader.shown() == writer.shown(),
             boost::test_tools::per_element());
  BOOST_TEST(&*reader.set.list("room:1").begin()
             == back.live[1].presence.get());
}

BOOST_AUTO_TEST_CASE(keys_topics_and_metas_at_their_limits_read_back) {
  const std::string topic(limits::topic_bytes_max, 't');
  const std::string key(limits::key_bytes_max, 'k');
  const std::string meta(limits::meta_bytes_ceiling, 'm');
  writer.join(topic, key, 1, meta);
  writer.join(topic, key, 2, meta);
  writer.join(topic, "", 3, "");
  expect_round_trip(*writer.since({}));
}

BOOST_AUTO_TEST_CASE(a_topic_key_or_meta_past_its_limit_is_refused) {
  const auto packet = [](std::size_t topic, std::size_t key, std::size_t meta) {
    return packet_with(live_section, [&](wire::writer& to) {
      write_plain(to, 1, std::string(topic, 't'), std::string(key, 'k'),
                  std::string(meta, 'm'));
    });
  };
  using namespace limits;
  BOOST_TEST((error_of(packet(1, 1, 1)) == decode_error::none));
  for (const auto& bad :
       {packet(topic_bytes_max + 1, 1, 1), packet(1, key_bytes_max + 1, 1),
        packet(1, 1, meta_bytes_ceiling + 1), packet(0, 1, 1)})
    BOOST_TEST((error_of(bad) == decode_error::too_long));
}

BOOST_AUTO_TEST_CASE(every_shortened_packet_is_refused_or_still_well_formed) {
  fill(12);
  writer.leave("room:4", "user-4", 1'012);
  const auto packet = encoded(*writer.since({3, 12}));
  std::size_t accepted = 0;
  for (std::size_t size = 0; size < packet.size(); ++size) {
    interval out;
    if (wire::decode(bytes_of(packet.substr(0, size)), out)
        == decode_error::none) {
      ++accepted; // a cut between two sections
      BOOST_TEST(crdt::is_well_formed(out));
    }
  }
  BOOST_TEST(accepted <= 2u);
}

BOOST_AUTO_TEST_CASE(random_bytes_do_no_harm) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << test::seed()) {
    test::random_source random{test::seed()};
    fill(12);
    const auto good = encoded(*writer.since({3, 12}));
    for (int i = 0; i < 20'000; ++i) {
      auto packet = good;
      for (auto changes = random.between(1, 4); changes > 0; --changes)
        packet[random.below(packet.size())]
            = static_cast<char>(random.below(256));
      interval out;
      if (wire::decode(bytes_of(packet), out) == decode_error::none)
        BOOST_REQUIRE(crdt::is_well_formed(out));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_packet_of_another_format_or_kind_is_refused) {
  BOOST_TEST((error_of("") == decode_error::truncated));
  BOOST_TEST((error_of("\x01") == decode_error::truncated));
  BOOST_TEST((error_of("\x02\x01") == decode_error::unknown_format));
  BOOST_TEST((error_of("\x01\x7f") == decode_error::wrong_kind));
  BOOST_TEST((error_of("\x01\x01") == decode_error::missing_header));
  BOOST_TEST(wire::to_string(decode_error::wrong_kind) == "wrong_kind");
}

BOOST_AUTO_TEST_CASE(the_header_comes_first_and_once) {
  std::string live_first{"\x01\x01\x02\x00", 4};
  BOOST_TEST((error_of(live_first) == decode_error::missing_header));
  const auto twice = packet_with(1, [](wire::writer& to) { to.fixed(1); });
  BOOST_TEST((error_of(twice) == decode_error::missing_header));
}

BOOST_AUTO_TEST_CASE(what_a_newer_version_adds_is_skipped) {
  const auto section
      = packet_with(200, [](wire::writer& to) { to.text("from the future"); });
  BOOST_TEST((error_of(section) == decode_error::none));
  const auto extension = packet_with(live_section, [](wire::writer& to) {
    write_extended(to, "\x7f\x0f"
                       "from the future"); // A field that nobody knows yet.
    write_plain(to, 1, "room", "bob", "{}");
  });
  interval out;
  BOOST_TEST((wire::decode(bytes_of(extension), out) == decode_error::none));
  BOOST_TEST(out.live.size() == 2u);
}

BOOST_AUTO_TEST_CASE(seqs_outside_of_the_interval_are_refused) {
  const auto live = [](std::uint64_t step) {
    return packet_with(live_section, [&](wire::writer& to) {
      write_plain(to, step, "room", "alice", "{}");
    });
  };
  BOOST_TEST((error_of(live(50)) == decode_error::none));
  BOOST_TEST((error_of(live(51)) == decode_error::out_of_order));
  BOOST_TEST((error_of(live(0)) == decode_error::out_of_order));
  BOOST_TEST((error_of(live(~0ull)) == decode_error::out_of_order));
  const auto removed = [](std::uint64_t dot) {
    return packet_with(removed_section,
                       [&](wire::writer& to) { to.number(dot); });
  };
  BOOST_TEST((error_of(removed(50)) == decode_error::none));
  BOOST_TEST((error_of(removed(51)) == decode_error::out_of_order));
  const auto run = [](std::uint64_t first, std::uint64_t more) {
    return packet_with(survivors_section, [&](wire::writer& to) {
      to.number(first);
      to.number(more);
    });
  };
  BOOST_TEST((error_of(run(1, 49)) == decode_error::none));
  BOOST_TEST((error_of(run(1, 50)) == decode_error::out_of_order));
  BOOST_TEST((error_of(run(0, 1)) == decode_error::out_of_order));
  BOOST_TEST((error_of(run(2, ~0ull)) == decode_error::out_of_order));
}

BOOST_AUTO_TEST_CASE(a_second_list_of_presences_is_refused) {
  auto packet = packet_with(live_section, [](wire::writer& to) {
    write_plain(to, 1, "room", "alice", "{}");
  });
  packet += packet.substr(packet.find('\x02', 2));
  BOOST_TEST((error_of(packet) == decode_error::out_of_order));
}

BOOST_AUTO_TEST_CASE(references_to_what_is_not_there_are_refused) {
  const auto flagged = [](std::uint8_t flags, std::uint64_t number) {
    return packet_with(live_section, [&](wire::writer& to) {
      to.byte(flags);
      for (int i = 0; i < 8; ++i)
        to.number(number);
    });
  };
  BOOST_TEST((error_of(flagged(2, 1)) == decode_error::bad_reference));
  BOOST_TEST((error_of(flagged(0, 1)) == decode_error::bad_reference));
  const auto shared_key = packet_with(live_section, [](wire::writer& to) {
    write_plain(to, 1, "room", "alice", "{}");
    to.byte(1 | 2 | 4 | 32);
    to.number(6); // of "alice"
    to.text("");
    to.text("{}");
  });
  BOOST_TEST((error_of(shared_key) == decode_error::bad_reference));
  const auto shared_meta = packet_with(live_section, [](wire::writer& to) {
    write_plain(to, 1, "room", "alice", "{}");
    to.byte(1 | 2 | 4 | 64);
    to.text("bob");
    to.number(1);
    to.number(2); // of "{}": they overlap
    to.text("");
  });
  BOOST_TEST((error_of(shared_meta) == decode_error::bad_reference));
}

// A packet of a megabyte must not become gigabytes.
BOOST_AUTO_TEST_CASE(a_packet_that_unpacks_to_far_more_is_refused) {
  const auto bomb = packet_with(live_section, [](wire::writer& to) {
    write_plain(to, 1, "room", "alice", std::string(60'000, 'm'));
    for (int i = 0; i < 49; ++i) {
      to.byte(1 | 2 | 4 | 8);
      to.text("bob");
    }
  });
  BOOST_TEST((error_of(bomb) == decode_error::inflated));
}

BOOST_AUTO_TEST_CASE(large_metas_that_are_equal_still_travel) {
  const std::string meta(60'000, 'm');
  for (std::uint64_t owner = 0; owner < 100; ++owner)
    writer.join("room", "alice", owner, meta);
  expect_round_trip(*writer.since({}));
}

// A quarter of what the reference needs, 163 bytes a join and 44 a leave, when
// a hundred travel together.
BOOST_AUTO_TEST_CASE(a_join_takes_at_most_40_bytes_and_a_leave_at_most_11) {
  fill(100);
  const auto joins = encoded(*writer.since({})).size();
  BOOST_TEST_MESSAGE("bytes of 100 joins: " << joins);
  BOOST_TEST(joins <= 100u * 40u);
  watched_set large{replica("large")};
  for (std::uint64_t i = 0; i < 100; ++i)
    large.join("room", "user" + std::to_string(i), i);
  for (std::uint64_t i = 0; i < 100; ++i)
    large.leave("room", "user" + std::to_string(i), i);
  const auto leaves = encoded(*large.since({100, 100})).size();
  BOOST_TEST_MESSAGE("bytes of 100 leaves: " << leaves);
  BOOST_TEST(leaves <= 100u * 11u);
}

BOOST_AUTO_TEST_SUITE_END()
