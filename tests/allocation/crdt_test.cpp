// A set that has thrown `std::bad_alloc` from a write may only be ended, as its
// shard then is: it must not crash by it, and must lose nothing. Reads leave it
// as it was, and it can be used on.
#include "crdt/lingering.hpp"
#include "crdt/presence_set.hpp"
#include "crdt/replication/shard_sync.hpp"
#include "tests/allocation/survive.hpp"

#include <chrono>
#include <string>

using namespace rollcall;
using namespace std::chrono_literals;
using test::survive;

namespace {

const crdt::replica_id self{"self", 1, 0, 0};
const crdt::replica_id other{"other", 1, 0, 0};

/// Enough for several leaves, of which readers share some.
struct full_set {
  full_set() {
    set.know(other, true);
    source.know(self, true);
    for (std::uint64_t owner = 1; owner <= 150; ++owner) {
      join(set, owner);
      join(source, 1000 + owner);
    }
    reader = set.list("room:a");
    while (auto more = source.make_interval(source.self_tag(), {}, 1 << 20)) {
      news = std::move(*more);
      break;
    }
  }

  static void join(crdt::presence_set& to, std::uint64_t owner) {
    const auto key = "key" + std::to_string(owner);
    to.join(owner % 3 == 0 ? "room:b" : "room:a",
            crdt::stored_entry::make(key, "{\"a\":1}", owner));
  }

  /// What is listed is what is counted, and all of it can leave.
  void check() {
    BOOST_TEST_REQUIRE(set.list("room:a").size() + set.list("room:b").size()
                       == set.size());
    for (std::uint64_t owner = 1; owner <= 200; ++owner)
      set.leave_owner(owner, out);
    set.forget(crdt::tag_of(other), out);
    BOOST_TEST_REQUIRE(set.size() == 0u);
    BOOST_TEST_REQUIRE(set.topic_count() == 0u);
  }

  crdt::presence_set set{self};
  crdt::presence_set source{other};
  crdt::snapshot reader;
  crdt::interval news;
  crdt::changes out;
};

struct synced_shard : full_set {
  synced_shard() {
    sync.connected("other");
    sync.node_up({"other", 1}, effects);
  }

  crdt::shard_sync sync{set, {}};
  crdt::sync_effects effects;
};

struct members {
  crdt::membership known{{"self", 1}, "127.0.0.1:1", {}};
  std::vector<crdt::node_event> events;
};

crdt::heartbeat heartbeat_of_many() {
  crdt::heartbeat result;
  result.sender = {"other", 1};
  result.counter = 1;
  for (int i = 0; i < 20; ++i)
    result.others.push_back(
        {{"a node whose name is long " + std::to_string(i), 1},
         1,
         true,
         "x",
         {}});
  result.departed.push_back({"a node that left some time ago", 1});
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(crdt_allocation_tests)

BOOST_AUTO_TEST_CASE(a_join_that_finds_no_memory_loses_nothing) {
  survive<full_set>([](full_set& s) {
    for (std::uint64_t owner = 151; owner <= 170; ++owner)
      full_set::join(s.set, owner);
    s.set.join("a topic that nobody was in until now",
               crdt::stored_entry::make("key", "{}", 151));
  });
}

BOOST_AUTO_TEST_CASE(an_update_that_finds_no_memory_loses_nothing) {
  survive<full_set>([](full_set& s) {
    for (std::uint64_t owner = 1; owner <= 40; ++owner)
      s.set.update(owner % 3 == 0 ? "room:b" : "room:a",
                   crdt::stored_entry::make("key" + std::to_string(owner),
                                            "{\"b\":2}", owner));
  });
}

BOOST_AUTO_TEST_CASE(leaves_that_find_no_memory_lose_nothing) {
  survive<full_set>([](full_set& s) {
    for (std::uint64_t owner = 1; owner <= 150; ++owner)
      s.set.leave_owner(owner, s.out);
  });
}

BOOST_AUTO_TEST_CASE(an_interval_that_finds_no_memory_loses_nothing) {
  survive<full_set>([](full_set& s) { s.set.apply(s.news, s.out); });
}

BOOST_AUTO_TEST_CASE(hiding_and_forgetting_without_memory_lose_nothing) {
  struct scene : full_set {
    scene() {
      set.apply(news, out);
    }
  };
  survive<scene>([](scene& s) {
    s.set.set_visible(crdt::tag_of(other), false, s.out);
    s.set.set_visible(crdt::tag_of(other), true, s.out);
    s.set.forget(crdt::tag_of(other), s.out);
  });
}

BOOST_AUTO_TEST_CASE(a_new_incarnation_without_memory_loses_nothing) {
  survive<full_set>([](full_set& s) {
    s.set.reincarnate({"self", 2, 0, 0}, s.out);
  });
}

BOOST_AUTO_TEST_CASE(reads_that_find_no_memory_leave_the_set_as_it_was) {
  survive<full_set>(
      [](full_set& s) {
        s.set.leave("room:a", "key1", 1); // The snapshot is made anew.
        const auto now = s.set.list("room:a");
        const auto all = s.set.make_interval(s.set.self_tag(), {}, 1 << 20);
        static_cast<void>(s.set.replicas());
        static_cast<void>(s.set.owned_by(7));
      },
      [](full_set& s) {
        // The leave is a write; what failed is known by whether it happened.
        if (s.set.find("room:a", "key1", 1) == nullptr)
          s.check();
      });
}

BOOST_AUTO_TEST_CASE(replication_that_finds_no_memory_loses_nothing) {
  survive<synced_shard>([](synced_shard& s) {
    s.sync.heard(
        "other",
        {true, {{crdt::tag_of(self), {}}, {crdt::tag_of(other), {150, 150}}}},
        1s, s.effects);
    s.sync.received("other", s.news, 100, 1s, s.effects);
    s.sync.wrote(1s);
    for (const auto& each : s.sync.due(2s))
      for (const auto& peer : each.peers)
        s.sync.sent(peer, each.replica, {10, 10}, 100, 2s);
    static_cast<void>(s.sync.known_to({"other", 1}, {}));
    s.sync.node_down({"other", 1}, s.effects);
    s.sync.node_gone({"other", 1}, s.effects);
  });
}

BOOST_AUTO_TEST_CASE(membership_that_finds_no_memory_loses_nothing) {
  static const auto message = heartbeat_of_many();
  survive<members>(
      [](members& m) {
        m.events = m.known.tick(1s);
        m.events = m.known.receive(message, 1s);
        static_cast<void>(m.known.heartbeat_for("other", 1s));
        static_cast<void>(m.known.peers(1s));
        m.events = m.known.tick(100s);
        m.events = m.known.leave({"other", 1}, 100s);
      },
      [](members& m) {
        // It can be used on: the next heartbeat brings all of them.
        auto again = message;
        again.counter = 2;
        again.sender.incarnation = 2;
        m.events = m.known.receive(again, 200s);
        BOOST_TEST_REQUIRE(m.known.peer("other", 200s).has_value());
      });
}

BOOST_AUTO_TEST_CASE(lingering_presences_without_memory_lose_nothing) {
  survive<crdt::lingering>([](crdt::lingering& waiting) {
    const std::string topic(100, 't');
    for (std::uint64_t seq = 1; seq <= 20; ++seq)
      waiting.add(topic, "key" + std::to_string(seq % 5), seq,
                  std::chrono::seconds{seq});
    waiting.take(topic, "key1");
    static_cast<void>(waiting.expire(10s));
  });
}

BOOST_AUTO_TEST_SUITE_END()
