#include "crdt/topic_node.hpp"
#include "rollcall/limits.hpp"
#include "tests/support/random.hpp"
#include "tests/support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace rollcall;
using namespace rollcall::crdt;

namespace {

using content = std::vector<std::pair<std::string, std::uint64_t>>;

/// What a snapshot shows, and that its counts agree with it.
content content_of(const snapshot& snapshot) {
  content result;
  std::set<std::string> keys;
  for (const auto& presence : snapshot) {
    result.emplace_back(presence.key(), presence.owner());
    keys.emplace(presence.key());
  }
  BOOST_TEST(snapshot.size() == result.size());
  BOOST_TEST(snapshot.keys() == keys.size());
  return result;
}

struct one_topic {
  const entry& add(const std::string& key, std::uint64_t owner = 1) {
    drafts.push_back(stored_entry::make(key, "{}", owner));
    node->insert(*drafts.back());
    return *drafts.back();
  }

  ref_ptr<topic_node> node{new topic_node{"room:1"}};
  std::vector<draft_ptr> drafts;
};

std::string key_of(std::size_t number) {
  return "user" + std::to_string(10'000 + number);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(topic_node_tests, one_topic)

BOOST_AUTO_TEST_CASE(presences_stand_in_order_of_key_then_owner) {
  add("carol");
  add("alice", 2);
  add("bob");
  add("alice", 1);
  BOOST_TEST(
      (content_of(node->take_snapshot())
       == content{{"alice", 1}, {"alice", 2}, {"bob", 1}, {"carol", 1}}));
}

BOOST_AUTO_TEST_CASE(a_key_counts_once_however_many_devices) {
  const auto& phone = add("alice", 1);
  add("alice", 2);
  add("bob");
  BOOST_TEST(node->keys() == 2u);
  node->erase(phone);
  BOOST_TEST(node->keys() == 2u);
  BOOST_TEST(node->size() == 2u);
}

BOOST_AUTO_TEST_CASE(get_finds_all_presences_of_a_key_across_leaves) {
  for (std::uint64_t device = 0; device < 100; ++device)
    add("bob", device);
  add("alice");
  add("carol");
  BOOST_TEST(node->get("bob").size() == 100u);
  BOOST_TEST(node->take_snapshot().get("bob").size() == 100u);
  BOOST_TEST(node->get("bobb").empty());
  BOOST_TEST(node->take_snapshot().get("zoe").empty());
}

BOOST_AUTO_TEST_CASE(an_empty_topic_lists_nothing) {
  BOOST_TEST(node->take_snapshot().empty());
  BOOST_TEST(node->get("alice").empty());
  BOOST_TEST((node->take_snapshot().begin() == node->take_snapshot().end()));
  BOOST_TEST(snapshot{}.get("alice").empty());
}

BOOST_AUTO_TEST_CASE(a_snapshot_is_shared_until_the_topic_changes) {
  add("alice");
  const auto first = node->take_snapshot();
  BOOST_TEST(first.is_same(node->take_snapshot()));
  add("bob");
  BOOST_TEST(!first.is_same(node->take_snapshot()));
}

BOOST_AUTO_TEST_CASE(a_snapshot_stays_as_it_was_when_its_topic_changes) {
  const auto& alice = add("alice");
  const auto& bob = add("bob");
  const auto before = node->take_snapshot();
  node->erase(alice);
  auto update = stored_entry::make("bob", "{\"v\":2}", 1);
  node->replace(bob, *update);
  add("carol");
  BOOST_TEST((content_of(before) == content{{"alice", 1}, {"bob", 1}}));
  BOOST_TEST((before.begin()++)->meta() == "{}");
}

BOOST_AUTO_TEST_CASE(a_snapshot_outlives_its_topic) {
  for (std::size_t i = 0; i < 100; ++i)
    add(key_of(i));
  const auto last = node->take_snapshot();
  node = {};
  drafts.clear();
  BOOST_TEST(content_of(last).size() == 100u);
}

BOOST_AUTO_TEST_CASE(replacing_by_another_owner_keeps_the_key_count) {
  const auto& before = add("bob", 1);
  add("alice");
  add("carol");
  auto after = stored_entry::make("bob", "{}", 77);
  node->replace(before, *after);
  BOOST_TEST((content_of(node->take_snapshot())
              == content{{"alice", 1}, {"bob", 77}, {"carol", 1}}));
}

BOOST_AUTO_TEST_CASE(two_presences_of_one_identity_are_told_apart) {
  std::vector<const entry*> twins;
  for (int i = 0; i < 80; ++i)
    twins.push_back(&add("bob", 5));
  node->erase(*twins[40]);
  node->erase(*twins[79]);
  node->erase(*twins[0]);
  BOOST_TEST(node->size() == 77u);
  BOOST_TEST(node->keys() == 1u);
  for (const auto& left : node->take_snapshot())
    BOOST_TEST((&left != twins[40] && &left != twins[79] && &left != twins[0]));
}

BOOST_AUTO_TEST_CASE(leaves_fill_when_keys_come_in_order) {
  for (std::size_t i = 0; i < 64 * leaf::capacity_max; ++i)
    add(key_of(i));
  BOOST_TEST(content_of(node->take_snapshot()).size()
             == std::size_t{64} * leaf::capacity_max);
}

// Method: random adds, removes and replacements of few keys and many, next to
// a `std::multiset`; some snapshots are kept and looked at much later.
BOOST_AUTO_TEST_CASE(a_topic_acts_like_a_multiset_and_snapshots_never_change) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << rollcall::test::seed()) {
    rollcall::test::random_source random{rollcall::test::seed()};
    for (const std::size_t key_count : {3u, 40u, 5'000u}) {
      node = ref_ptr<topic_node>{new topic_node{"room"}};
      std::multiset<std::pair<std::string, std::uint64_t>> model;
      std::vector<draft_ptr> alive;
      std::vector<std::pair<snapshot, content>> kept;
      for (int i = 0; i < 6'000; ++i) {
        const bool grows = i % 3'000 < 1'500;
        if (alive.empty() || random.chance(grows ? 0.6 : 0.3)) {
          alive.push_back(stored_entry::make(key_of(random.below(key_count)),
                                             "{}", random.below(1'000)));
          node->insert(*alive.back());
          model.emplace(alive.back()->key(), alive.back()->owner());
        } else if (auto& gone = alive[random.below(alive.size())];
                   random.chance(0.5)) {
          node->erase(*gone);
          model.erase(model.find({std::string{gone->key()}, gone->owner()}));
          gone = alive.back();
          alive.pop_back();
        } else {
          auto after = stored_entry::make(
              gone->key(), "{\"v\":1}",
              random.chance(0.5) ? gone->owner() : random.below(1'000));
          node->replace(*gone, *after);
          model.erase(model.find({std::string{gone->key()}, gone->owner()}));
          model.emplace(after->key(), after->owner());
          gone = after;
        }
        if (random.chance(0.02)) {
          kept.emplace_back(node->take_snapshot(), content{});
          kept.back().second = content_of(kept.back().first);
          BOOST_REQUIRE(
              (kept.back().second == content{model.begin(), model.end()}));
        }
      }
      for (const auto& [taken, expected] : kept)
        BOOST_REQUIRE((content_of(taken) == expected));
      while (!alive.empty()) {
        node->erase(*alive.back());
        alive.pop_back();
      }
      BOOST_TEST(node->size() == 0u);
      BOOST_TEST(node->keys() == 0u);
    }
  }
}

// -- pages --------------------------------------------------------------------

namespace {

/// "alice bob > bob": the keys of a page, and where it goes on.
std::string text_of(const topic_page& page) {
  std::string result;
  for (const auto& presence : page.presences)
    result += std::string{presence->key()} + " ";
  return result + "> " + page.next;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_page_begins_after_a_key_and_says_where_the_next_begins) {
  for (const auto* key : {"dave", "alice", "carol", "bob"})
    add(key);
  BOOST_TEST(text_of(node->page(2, "")) == "alice bob > bob");
  BOOST_TEST(text_of(node->page(2, "bob")) == "carol dave > ");
  BOOST_TEST(text_of(node->page(9, "alice")) == "bob carol dave > ");
  BOOST_TEST(text_of(node->page(2, "dave")) == "> ");
  BOOST_TEST(node->page(2, "").now.presences == 4u);
  BOOST_TEST(node->page(2, "dave").now.keys == 4u);
}

BOOST_AUTO_TEST_CASE(a_page_goes_on_where_its_cursor_was_though_that_key_left) {
  for (const auto* key : {"alice", "carol"})
    add(key);
  const auto& bob = add("bob");
  BOOST_TEST(node->page(2, "").next == "bob");
  node->erase(bob);
  BOOST_TEST(text_of(node->page(2, "bob")) == "carol > ");
}

BOOST_AUTO_TEST_CASE(a_page_of_nothing_at_all_has_one_key_all_the_same) {
  for (const auto* key : {"alice", "bob"})
    add(key);
  BOOST_TEST(text_of(node->page(0, "")) == "alice > alice");
}

BOOST_AUTO_TEST_CASE(a_page_never_tears_a_key_apart) {
  add("alice");
  add("carol");
  for (std::uint64_t device = 0; device < 100; ++device)
    add("bob", device);
  const auto page = node->page(2, "");
  BOOST_TEST(page.presences.size() == 101u);
  BOOST_TEST(page.next == "bob");
  BOOST_TEST(text_of(node->page(2, "bob")) == "carol > ");
}

BOOST_AUTO_TEST_CASE(a_key_with_more_presences_than_a_page_may_have_is_named) {
  const auto devices = limits::page_key_presences_max;
  add("alice");
  for (std::uint64_t device = 0; device < devices; ++device)
    add("bob", device);
  add("carol");
  BOOST_TEST(node->page(2, "alice").presences.size() == devices);
  add("bob", devices);
  BOOST_TEST(text_of(node->page(2, "")) == "alice > alice");
  BOOST_TEST(text_of(node->page(2, "alice")) == "> bob");
  BOOST_TEST(text_of(node->page(2, "bob")) == "carol > ");
}

BOOST_AUTO_TEST_CASE(keys_are_in_order_of_their_bytes) {
  for (const auto* key : {"\xc3\xa9ve", "zoe", "Zoe"})
    add(key);
  BOOST_TEST(text_of(node->page(9, "")) == "Zoe zoe \xc3\xa9ve > ");
}

// Goal: who walks the pages sees every key that stays exactly once.
// Method: even numbers stay; odd ones come and go between any two pages.
BOOST_AUTO_TEST_CASE(
    a_walk_sees_who_stays_exactly_once_whoever_comes_and_goes) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << test::seed()) {
    test::random_source random{test::seed()};
    constexpr std::size_t numbers = 1000;
    std::map<std::size_t, const entry*> guests;
    for (std::size_t i = 0; i < numbers; i += 2)
      add(key_of(i));
    std::map<std::string, std::size_t> seen;
    topic_page page;
    do {
      page = node->page(1 + random.below(40), page.next);
      for (const auto& presence : page.presences)
        ++seen[std::string{presence->key()}];
      for (int i = 0; i < 50; ++i) {
        const auto number = random.below(numbers / 2) * 2 + 1;
        const auto found = guests.find(number);
        if (found == guests.end()) {
          guests.emplace(number, &add(key_of(number)));
        } else {
          node->erase(*found->second);
          guests.erase(found);
        }
      }
    } while (!page.next.empty());
    for (std::size_t i = 0; i < numbers; i += 2)
      BOOST_TEST(seen[key_of(i)] == 1u);
    for (const auto& [key, times] : seen)
      BOOST_TEST(times == 1u, key);
  }
}

// -- windows ------------------------------------------------------------------

namespace {

std::string text_of(const std::vector<entry_ptr>& window) {
  std::string result;
  for (const auto& presence : window)
    result += (result.empty() ? "" : " ") + std::string{presence->key()};
  return result;
}

std::string window_of(const topic_node& node, presence_range range) {
  return text_of(node.windows({&range, 1}).at(0));
}

} // namespace

BOOST_AUTO_TEST_CASE(a_window_has_what_stands_in_its_range) {
  BOOST_TEST(window_of(*node, {0, 2}) == "");
  for (const auto* key : {"dave", "alice", "carol", "bob"})
    add(key);
  BOOST_TEST(window_of(*node, {0, 2}) == "alice bob");
  BOOST_TEST(window_of(*node, {1, 2}) == "bob carol");
  BOOST_TEST(window_of(*node, {3, 2}) == "dave");
  BOOST_TEST(window_of(*node, {4, 2}) == "");
  BOOST_TEST(window_of(*node, {~std::size_t{0}, 2}) == "");
}

BOOST_AUTO_TEST_CASE(windows_of_many_leaves_are_what_a_snapshot_shows) {
  for (std::size_t i = 0; i < 1000; ++i)
    add(key_of(i * 7919 % 1000));
  const auto all = node->take_snapshot();
  const std::vector<std::string> keys = [&] {
    std::vector<std::string> result;
    for (const auto& presence : all)
      result.emplace_back(presence.key());
    return result;
  }();
  const std::vector<presence_range> ranges{
      {0, 1}, {0, 100}, {10, 5}, {31, 1}, {32, 33}, {500, 40}, {510, 700}};
  const auto windows = node->windows(ranges);
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    std::string wanted;
    for (auto at = ranges[i].first;
         at < std::min(keys.size(), ranges[i].first + ranges[i].count); ++at)
      wanted += (wanted.empty() ? "" : " ") + keys[at];
    BOOST_TEST(text_of(windows[i]) == wanted);
  }
}

// In runs, so that whole leaves fill up, empty, and grow together again.
BOOST_AUTO_TEST_CASE(windows_are_right_while_leaves_come_and_go) {
  test::random_source random{test::seed()};
  std::map<std::string, const entry*> present;
  for (int round = 0; round < 100; ++round) {
    const bool removes = round > 20 && random.chance(0.5);
    const auto first = random.below(3000);
    for (auto i = first; i < first + 300; ++i) {
      const auto key = key_of(i);
      const auto found = present.find(key);
      if (removes && found != present.end()) {
        node->erase(*found->second);
        present.erase(found);
      } else if (!removes && found == present.end()) {
        present.emplace(key, &add(key));
      }
    }
    std::vector<std::string> keys;
    for (const auto& [key, entry] : present)
      keys.push_back(key);
    for (int n = 0; n < 20; ++n) {
      const auto place = random.below(keys.size() + 2);
      BOOST_TEST(window_of(*node, {place, 1})
                 == (place < keys.size() ? keys[place] : ""));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
