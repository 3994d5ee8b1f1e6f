// A call without memory: it is answered, and the shard either goes on as if the
// call had not been, or closes and says so.
#include "rollcall/error.hpp"
#include "rollcall/presence_json.hpp"
#include "tests/actors/one_node.hpp"
#include "tests/allocation/survive.hpp"
#include "tests/support/silent_log.hpp"

#include <optional>
#include <string>

using namespace rollcall;
using test::survive;

namespace {

const std::string meta = R"({"text":")" + std::string(200, 'x') + "\"}";

struct node_with_owner {
  node_with_owner() {
    node.track(owner, "room", "alice");
  }

  void note(const caf::error& answer) {
    code = code_of(answer);
  }

  template <class T>
  void note(const caf::expected<T>& answer) {
    code = answer ? ec::none : code_of(answer.error());
  }

  /// Only a call that was answered so has closed the shard.
  void check() {
    const auto is_closed = code == ec::shard_unavailable;
    BOOST_TEST_REQUIRE((is_closed || code == ec::none || !code));
    const auto later = node.who.track(owner, "room", "carol", "{}");
    BOOST_TEST_REQUIRE(later.engaged() == !is_closed);
    if (is_closed)
      BOOST_TEST_REQUIRE((later.error() == ec::shard_unavailable));
    node.world.settle();
    BOOST_TEST_REQUIRE(node.who.list("room").size()
                       == node.who.count("room").presences);
    if (is_closed)
      return;
    node.kill(owner);
    node.kill(newcomer);
    BOOST_TEST_REQUIRE(node.who.count("room").presences == 0u);
  }

  test::silent_log quiet;
  test::one_node node;
  caf::actor owner = node.owner();
  caf::actor newcomer = node.owner(); ///< Has no presence yet.
  std::optional<ec> code;             ///< None: the call threw before it wrote.
};

/// What is made once for a process is no loss.
void warm_up() {
  node_with_owner scene;
  scene.note(scene.node.who.track(scene.newcomer, "room", "bob", meta));
  scene.check();
}

template <class Call>
void survive_call(Call call) {
  warm_up();
  survive<node_with_owner>(
      [call](node_with_owner& scene) { scene.note(call(scene)); },
      [](node_with_owner& scene) { scene.check(); });
}

struct some_presences {
  some_presences() {
    for (int i = 0; i < 40; ++i)
      node.track(owner, "room", "key" + std::to_string(i / 2 * 2), meta);
    presences = node.who.list("room");
  }

  test::one_node node;
  caf::actor owner = node.owner();
  snapshot presences;
};

} // namespace

BOOST_AUTO_TEST_SUITE(presence_allocation_tests)

BOOST_AUTO_TEST_CASE(a_track_without_memory_is_done_or_closes_its_shard) {
  survive_call([](node_with_owner& scene) {
    return scene.node.who.track(scene.newcomer, "room", "bob", meta);
  });
}

BOOST_AUTO_TEST_CASE(an_update_without_memory_is_done_or_closes_its_shard) {
  survive_call([](node_with_owner& scene) {
    return scene.node.who.update(scene.owner, "room", "alice", meta);
  });
}

BOOST_AUTO_TEST_CASE(an_untrack_without_memory_is_done_or_closes_its_shard) {
  survive_call([](node_with_owner& scene) {
    return scene.node.who.untrack(scene.owner, "room", "alice");
  });
}

BOOST_AUTO_TEST_CASE(a_subscription_without_memory_hears_or_closes_its_shard) {
  survive_call([](node_with_owner& scene) {
    return scene.node.who.subscribe(scene.newcomer, "room");
  });
}

BOOST_AUTO_TEST_CASE(an_event_without_memory_is_sent_or_closes_its_shard) {
  survive_call([](node_with_owner& scene) {
    return scene.node.who.broadcast(
        std::make_shared<const topic_event>(topic_event{"room", "ping", "{}"}));
  });
}

BOOST_AUTO_TEST_CASE(a_state_without_memory_for_its_text_loses_nothing) {
  some_presences scene;
  struct nothing {};
  survive<nothing>([&](nothing&) {
    std::string text;
    append_state_json(text, scene.presences, {{"key0", R"({"n":1})"}});
  });
}

BOOST_AUTO_TEST_SUITE_END()
