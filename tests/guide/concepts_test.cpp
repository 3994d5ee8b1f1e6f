#include "guide/concepts.hpp"
#include "tests/actors/one_node.hpp"

#include <boost/test/unit_test.hpp>

using namespace rollcall;
using namespace guide::concepts;
using rollcall::test::one_node;

namespace {

caf::behavior view_keeper(caf::event_based_actor*,
                          std::shared_ptr<room_view> view,
                          std::shared_ptr<std::vector<std::string>> lost) {
  return {[view](const topic_snapshot_ptr& first) { view->begin(*first); },
          [view, lost](const diff_ptr& change) {
            view->apply(*change);
            for (auto& key : lost_players(*change))
              lost->push_back(std::move(key));
          }};
}

std::map<std::string, std::string> listed(const presence& who) {
  std::map<std::string, std::string> metas;
  for (const auto& each : who.list("room"))
    metas.emplace(each.phx_ref(), each.meta());
  return metas;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(guide_concepts_tests, one_node)

BOOST_AUTO_TEST_CASE(a_key_with_two_owners_is_one_key_with_two_presences) {
  track(owner(), "room", "ann", R"({"on":"phone"})");
  track(owner(), "room", "ann", R"({"on":"laptop"})");
  const auto lines = who_is_here(who, "room");
  BOOST_TEST(lines.find("ann {\"on\":\"phone\"}\n") != std::string::npos);
  BOOST_TEST(lines.find("1 keys, 2 presences\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(who_applies_snapshot_and_diffs_has_what_list_gives) {
  const auto seen = std::make_shared<room_view>();
  const auto lost = std::make_shared<std::vector<std::string>>();
  const auto ann = owner();
  const auto bob = owner();
  track(ann, "room", "ann");
  actors.push_back(world.system().spawn(view_keeper, seen, lost));
  BOOST_TEST(!who.subscribe(actors.back(), "room"));
  world.settle();
  track(bob, "room", "bob");
  update(ann, "room", "ann", std::string{R"({"away":true})"});
  BOOST_TEST(seen->metas.size() == 2u);
  BOOST_TEST((seen->metas == listed(who)));
  kill(bob);
  untrack(ann);
  BOOST_TEST((seen->metas == listed(who)));
  BOOST_TEST(*lost == std::vector<std::string>{"bob"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
