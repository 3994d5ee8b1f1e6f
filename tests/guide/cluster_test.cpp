#include "guide/cluster.hpp"
#include "tests/actors/one_node.hpp"
#include "tests/guide/page_text.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <sstream>
#include <thread>

using namespace rollcall;
using namespace guide::cluster;

namespace {

/// Answers what it is told, on the thread of CAF that it runs on.
caf::behavior target(caf::event_based_actor*, std::promise<int>* hit,
                     std::promise<std::string>* heard) {
  return {[hit](const game::shot& shot) { hit->set_value(shot.damage); },
          [heard](const told_event& told) { heard->set_value(told.event); }};
}

/// One node of the backend, on the loopback.
struct backend {
  explicit backend(const std::string& name, std::vector<std::string> peers = {})
      : system{configured(name, std::move(peers))},
        here{*start_node(system, options)} {
  }

  ~backend() {
    here.net.leave(true);
    here.who.stop();
  }

  backend_config& configured(const std::string& name,
                             std::vector<std::string> peers) {
    allow_game_messages(options);
    options.node_name = name;
    options.net.listen = "127.0.0.1:0";
    options.net.peers = std::move(peers);
    options.set("scheduler.max-threads", std::size_t{2});
    return options;
  }

  [[nodiscard]] std::string address() const {
    return "127.0.0.1:" + std::to_string(here.net.port());
  }

  backend_config options;
  caf::actor_system system;
  node here;
};

bool eventually(const std::function<bool()>& condition) {
  const auto deadline
      = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::yield();
  }
  return true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(guide_cluster_tests)

BOOST_AUTO_TEST_CASE(the_options_of_a_backend_come_from_its_config_file) {
  backend_config options;
  for (const auto& text : test::fenced("cluster", "ini backend")) {
    std::istringstream file{text};
    BOOST_TEST(!options.parse({}, file));
  }
  BOOST_TEST(options.node_name == "game-2");
  BOOST_TEST(options.net.listen == "127.0.0.1:4610");
  BOOST_TEST(options.net.peers == std::vector<std::string>{"127.0.0.1:4611"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(messages_reach_an_owner_on_another_node) {
  std::promise<int> hit;
  std::promise<std::string> heard;
  backend a{"a"};
  backend b{"b", {a.address()}};
  const auto bob = b.system.spawn(target, &hit, &heard);
  BOOST_TEST(!!b.here.who.track(bob, "match:1", "bob", "{}"));
  BOOST_TEST_REQUIRE(
      eventually([&] { return a.here.who.count("match:1").keys == 1; }));
  BOOST_TEST(!shoot(a.here.who, "match:1", "bob"));
  BOOST_TEST(hit.get_future().get() == 7);
  BOOST_TEST(!a.here.who.tell("match:1", "bob",
                              caf::make_message(told_event{"hello", "{}"})));
  BOOST_TEST(heard.get_future().get() == "hello");
  caf::anon_send_exit(bob, caf::exit_reason::kill);
}

BOOST_AUTO_TEST_SUITE_END()
