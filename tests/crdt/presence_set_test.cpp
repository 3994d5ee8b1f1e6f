#include "crdt/presence_set.hpp"
#include "tests/support/watched_set.hpp"

#include <boost/test/unit_test.hpp>

using namespace rollcall;
using crdt::stored_entry;
using test::replica;
using test::watched_set;
using names = std::vector<std::string>;

namespace {

struct one_set {
  watched_set a{replica("a")};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(presence_set_tests, one_set)

BOOST_AUTO_TEST_CASE(a_join_reports_what_joined) {
  BOOST_TEST(a.join("room", "alice", 1, "{\"v\":1}"));
  BOOST_REQUIRE(a.last.size() == 1u);
  BOOST_TEST(!a.last[0].before);
  BOOST_TEST(a.last[0].after->key() == "alice");
  BOOST_TEST(a.last[0].topic->name() == "room");
  BOOST_TEST(a.last[0].after->dot().seq == 1u);
  BOOST_TEST(a.last[0].after->phx_ref_prev().empty());
}

BOOST_AUTO_TEST_CASE(a_refused_join_changes_nothing_and_takes_no_seq) {
  a.join("room", "alice", 1, "{\"v\":1}");
  BOOST_TEST(!a.join("room", "alice", 1, "{\"v\":2}"));
  BOOST_TEST(a.list("room") == (names{"alice/{\"v\":1}"}));
  BOOST_TEST(a.set.progress_of(a.tag()).seen == 1u);
}

BOOST_AUTO_TEST_CASE(an_update_replaces_the_meta_and_links_the_refs) {
  a.join("room", "alice", 1, "{\"v\":1}");
  const auto first = a.last[0].after->phx_ref();
  BOOST_TEST(a.update("room", "alice", 1, "{\"v\":2}"));
  BOOST_REQUIRE(a.last.size() == 1u);
  BOOST_TEST(a.last[0].before->phx_ref() == first);
  BOOST_TEST(a.last[0].after->phx_ref() != first);
  BOOST_TEST(a.last[0].after->phx_ref_prev() == first);
  BOOST_TEST(a.set.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_update_of_nothing_is_refused_and_leaves_no_topic) {
  BOOST_TEST(!a.update("room", "alice", 1, "{}"));
  BOOST_TEST(a.set.topic("room") == nullptr);
  a.join("room", "alice", 1);
  BOOST_TEST(!a.update("room", "alice", 2, "{}"));
  BOOST_TEST(!a.update("other", "alice", 1, "{}"));
}

BOOST_AUTO_TEST_CASE(a_leave_of_nothing_is_no_write) {
  BOOST_TEST(!a.leave("room", "alice", 1));
  BOOST_TEST(a.set.progress_of(a.tag()).seen == 0u);
}

BOOST_AUTO_TEST_CASE(a_topic_without_presences_is_forgotten) {
  a.join("room", "alice", 1);
  BOOST_TEST(a.set.topic_count() == 1u);
  a.leave("room", "alice", 1);
  BOOST_TEST(a.set.topic("room") == nullptr);
  BOOST_TEST(a.set.topic_count() == 0u);
  BOOST_TEST(a.list("room").empty());
}

BOOST_AUTO_TEST_CASE(a_pinned_topic_keeps_its_node_while_it_is_empty) {
  const auto pinned = a.set.pin("room");
  BOOST_TEST((a.set.pin("room") == pinned));
  a.join("room", "alice", 1);
  BOOST_TEST((a.last[0].topic == pinned));
  a.leave("room", "alice", 1);
  BOOST_TEST(a.set.topic("room") == pinned.get());
  BOOST_TEST(a.set.topic_count() == 0u);
  a.set.unpin("room");
  BOOST_TEST(a.set.is_pinned(*pinned));
  a.set.unpin("room");
  BOOST_TEST(a.set.topic("room") == nullptr);
  a.set.unpin("room"); // nothing to do
}

BOOST_AUTO_TEST_CASE(unpinning_a_topic_with_presences_keeps_them) {
  a.set.pin("room");
  a.join("room", "alice", 1);
  a.set.unpin("room");
  BOOST_TEST(a.list("room").size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_owner_that_ends_takes_all_it_has_and_nothing_else) {
  a.join("room:1", "alice", 1);
  a.join("room:2", "alice", 1);
  a.join("room:2", "alice-phone", 1);
  a.join("room:2", "bob", 2);
  a.leave_owner(1);
  BOOST_TEST(a.last.size() == 3u);
  BOOST_TEST(a.shown() == (std::set<std::string>{"room:2/bob/2/{}"}),
             boost::test_tools::per_element());
  BOOST_TEST(a.set.owner_count() == 1u);
  a.leave_owner(1);
  BOOST_TEST(a.last.empty());
}

BOOST_AUTO_TEST_CASE(owned_by_lists_the_presences_of_one_owner) {
  a.join("room:1", "alice", 1);
  a.join("room:2", "alice", 1);
  a.join("room:1", "bob", 2);
  BOOST_TEST(a.set.owned_by(1).size() == 2u);
  BOOST_TEST(a.set.owned_by(3).empty());
}

// Linger: the presence outlives its owner and goes over to the next one.
BOOST_AUTO_TEST_CASE(a_presence_taken_over_by_another_owner_is_an_update) {
  a.join("room", "alice", 1, "{\"v\":1}");
  const auto* before = a.set.find("room", "alice", 1);
  BOOST_REQUIRE(before != nullptr);
  const auto ref = before->phx_ref();
  const auto done
      = a.replace(*before, stored_entry::make("alice", "{\"v\":2}", 2, 500));
  BOOST_TEST(done.before->phx_ref() == ref);
  BOOST_TEST(done.after->phx_ref_prev() == ref);
  BOOST_TEST(done.after->linger_ms() == 500u);
  BOOST_TEST(a.set.find("room", "alice", 1) == nullptr);
  BOOST_TEST(a.set.find("room", "alice", 2) == done.after.get());
  BOOST_TEST(a.set.owned_by(1).empty());
  BOOST_TEST(a.set.owned_by(2).size() == 1u);
  BOOST_TEST(a.set.topic("room")->keys() == 1u);
  a.check();
}

BOOST_AUTO_TEST_CASE(a_key_and_a_meta_may_be_empty_or_large) {
  const std::string large(60'000, 'x');
  BOOST_TEST(a.join("room", "", 1, ""));
  BOOST_TEST(a.join("room", large, 1, large));
  BOOST_TEST(a.list("room") == (names{"/", large + "/" + large}));
}

BOOST_AUTO_TEST_CASE(counts_are_those_of_the_visible) {
  watched_set b{replica("b")};
  test::introduce({&a, &b});
  a.join("room", "alice", 1);
  b.join("room", "alice", 1);
  a.sync_from(b);
  BOOST_TEST(a.set.size() == 2u);
  BOOST_TEST(a.set.own_size() == 1u);
  BOOST_TEST(a.set.topic("room")->size() == 2u);
  BOOST_TEST(a.set.topic("room")->keys() == 1u);
  a.show(b.tag(), false);
  BOOST_TEST(a.set.size() == 1u);
  BOOST_TEST(a.set.topic("room")->size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
