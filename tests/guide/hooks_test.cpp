#include "guide/hooks.hpp"
#include "tests/actors/one_node.hpp"

#include <boost/test/unit_test.hpp>

using namespace rollcall;
using namespace guide::hooks;
using rollcall::test::one_node;

namespace {

hooks_factory counting_rooms(const std::shared_ptr<room_counter>& counter) {
  return [counter] { return std::make_unique<room_hooks>(counter); };
}

caf::behavior reader(caf::event_based_actor*,
                     std::shared_ptr<std::vector<enrichment>> told) {
  return {
      [told](const topic_snapshot_ptr& first) {
        told->push_back(first->extra);
      },
      [told](const diff_ptr& change) { told->push_back(change->joins_extra); }};
}

} // namespace

BOOST_AUTO_TEST_SUITE(guide_hooks_tests)

BOOST_AUTO_TEST_CASE(a_diff_of_many_joins_costs_one_query) {
  testing::deterministic_system world;
  const auto store = std::make_shared<profile_store>();
  auto who = *start_with_profiles(world.system(), store);
  world.settle();
  const auto told = std::make_shared<std::vector<enrichment>>();
  const auto subscriber = world.system().spawn(reader, told);
  BOOST_TEST(!who.subscribe(subscriber, "room"));
  const auto owner = world.system().spawn(test::obedient);
  BOOST_TEST(!!who.track(owner, "room", "first", "{}"));
  world.advance(std::chrono::milliseconds{50});
  const auto before = store->queries;
  for (const auto* key : {"ann", "bob", "cid"})
    BOOST_TEST(!!who.track(owner, "room", key, "{}"));
  world.advance(std::chrono::milliseconds{50});
  BOOST_TEST(store->queries - before == 1);
  BOOST_TEST(told->back().size() == 3u);
  BOOST_TEST(told->back()["bob"] == R"({"name":"Player bob"})");
  BOOST_TEST(who.fetch_list("room")->extra.at("ann")
             == R"({"name":"Player ann"})");
  for (const auto& actor : {owner, subscriber})
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  who.request_stop();
  world.settle();
}

BOOST_AUTO_TEST_CASE(a_hook_sees_rooms_open_and_close) {
  const auto counter = std::make_shared<room_counter>();
  one_node node{one_node::quiet_config(), counting_rooms(counter)};
  const auto ann = node.owner();
  node.track(ann, "room:1", "ann");
  node.track(ann, "room:2", "ann");
  BOOST_TEST(counter->rooms_opened == 2);
  node.kill(ann);
  BOOST_TEST(counter->rooms_closed == 2);
}

BOOST_AUTO_TEST_CASE(a_hook_keeps_a_table_of_who_is_online) {
  const auto table = std::make_shared<user_table>();
  one_node node{one_node::quiet_config(),
                [table] { return std::make_unique<login_hooks>(table); }};
  const auto ann = node.owner();
  node.track(ann, "room:1", "ann");
  node.track(ann, "room:2", "ann");
  BOOST_TEST(table->is_online.at("ann"));
  node.untrack(ann, "room:1", "ann");
  BOOST_TEST(table->is_online.at("ann"));
  node.kill(ann);
  BOOST_TEST(!table->is_online.at("ann"));
}

BOOST_AUTO_TEST_SUITE_END()
