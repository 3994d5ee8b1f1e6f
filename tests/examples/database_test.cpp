// The arena's ledger and profiles, on SQLite and on a real PostgreSQL.
#include "app/examples/arena/ledger.hpp"
#include "app/examples/arena/meta.hpp"
#include "app/examples/arena/profile_hook.hpp"

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

using namespace arena;

namespace {

/// Where tests/examples/with_postgresql has a server; empty if it did not run.
std::string postgresql_uri() {
  const auto* uri = std::getenv("ARENA_TEST_POSTGRESQL");
  return uri == nullptr ? "" : uri;
}

/// A database without players.
struct on_sqlite {
  on_sqlite() {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
  }
  ~on_sqlite() {
    std::filesystem::remove_all(folder);
  }

  const std::filesystem::path folder
      = std::filesystem::temp_directory_path()
        / ("arena_" + std::to_string(::getpid()));
  const std::string where = (folder / "arena.sqlite").string();
};

struct on_postgresql {
  on_postgresql() {
    auto made = database::open(where);
    BOOST_REQUIRE(made);
    for (const auto* table : {"player", "friendship", "played"})
      BOOST_REQUIRE(
          !(*made)->run(("DELETE FROM " + std::string{table}).c_str()));
  }

  const std::string where = postgresql_uri();
};

boost::test_tools::assertion_result is_there(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result result{!postgresql_uri().empty()};
  result.message() << "there is no PostgreSQL; tests/examples/with_postgresql "
                      "starts one";
  return result;
}

std::unique_ptr<ledger> open(const std::string& where) {
  auto result = ledger::open(where);
  BOOST_REQUIRE(result);
  return std::move(*result);
}

void players_and_friends_are_remembered(const std::string& where) {
  const auto first = open(where)->login("ann");
  BOOST_REQUIRE(first);
  BOOST_TEST(first->own.rating == 1000);
  BOOST_TEST(first->friends.empty());
  const auto book = open(where);
  for (const auto* name : {"bob", "cat", "bob"})
    BOOST_TEST(!book->change({"ann", name, true}));
  BOOST_TEST(!book->change({"ann", "cat", false}));
  const auto again = open(where)->login("ann");
  BOOST_REQUIRE(again);
  BOOST_TEST(again->friends == std::vector<std::string>{"bob"},
             boost::test_tools::per_element());
}

void a_match_is_recorded_once(const std::string& where) {
  const auto book = open(where);
  BOOST_REQUIRE((book->login("ann") && book->login("bob")));
  const auto won = book->record({"match:1", "ann", "bob", "ann"});
  BOOST_REQUIRE(won);
  BOOST_TEST(won->own.wins == 1);
  BOOST_TEST(won->own.rating > 1000);
  const auto lost = open(where)->record({"match:1", "bob", "ann", "bob"});
  BOOST_REQUIRE(lost);
  BOOST_TEST(lost->winner == "ann");
  BOOST_TEST(lost->own.losses == 1);
  BOOST_TEST(won->own.rating + lost->own.rating == 2000);
  BOOST_TEST(!book->record({"match:2", "ann", "nobody", "ann"}));
  BOOST_TEST(!!book->record({"match:3", "ann", "bob", "ann"}));
}

void writers_at_one_moment_lose_nothing(const std::string& where) {
  BOOST_REQUIRE((open(where)->login("ann") && open(where)->login("bob")));
  constexpr int matches = 40;
  const auto play = [&](const std::string& winner, const std::string& loser) {
    auto book = ledger::open(where);
    for (int i = 0; book && i < matches; ++i)
      static_cast<void>((*book)->record(
          {"match:" + std::to_string(i), winner, loser, winner}));
  };
  std::thread one{play, "ann", "bob"};
  std::thread other{play, "bob", "ann"};
  one.join();
  other.join();
  const auto ann = open(where)->login("ann");
  const auto bob = open(where)->login("bob");
  BOOST_REQUIRE((ann && bob));
  BOOST_TEST(ann->own.wins + ann->own.losses == matches);
  BOOST_TEST(ann->own.wins == bob->own.losses);
  BOOST_TEST(ann->own.rating + bob->own.rating == 2000);
}

void profiles_of_many_players_are_one_query(const std::string& where) {
  for (const auto* name : {"ann", "bob", "cat"})
    BOOST_REQUIRE(open(where)->login(name));
  const auto counts = std::make_shared<profile_counts>();
  const auto hook = make_profile_hooks(where, counts)();
  const rollcall::metas_by_key asked{
      {"ann", {}}, {"bob", {}}, {R"(no"body'\)", {}}};
  for (int i = 0; i < 2; ++i) {
    const auto found = hook->fetch(std::string{lobby_topic}, asked);
    BOOST_TEST(found.size() == 2u);
    BOOST_TEST(found.at("ann")
               == R"({"profile":{"rating":1000,"wins":0,"losses":0}})");
  }
  BOOST_TEST(counts->queries.load() == 2u);
  BOOST_TEST(counts->names.load() == 6u);
  BOOST_TEST(counts->failures.load() == 0u);
  BOOST_TEST(hook->fetch("match:1", asked).empty());
}

} // namespace

#define ON_BOTH(name)                                                          \
  BOOST_FIXTURE_TEST_CASE(name##_by_sqlite, on_sqlite) {                       \
    name(where);                                                               \
  }                                                                            \
  BOOST_FIXTURE_TEST_CASE(name##_by_postgresql, on_postgresql,                 \
                          *boost::unit_test::precondition(is_there)) {         \
    name(where);                                                               \
  }

BOOST_AUTO_TEST_SUITE(arena_database_tests)

ON_BOTH(players_and_friends_are_remembered)
ON_BOTH(a_match_is_recorded_once)
ON_BOTH(writers_at_one_moment_lose_nothing)
ON_BOTH(profiles_of_many_players_are_one_query)

BOOST_AUTO_TEST_CASE(a_database_that_cannot_be_opened_is_an_error) {
  BOOST_TEST(!database::open("/no/such/folder/arena.sqlite"));
  BOOST_TEST(!database::open("postgresql://nobody@127.0.0.1:1/nothing"));
}

BOOST_FIXTURE_TEST_CASE(a_connection_that_was_lost_is_made_anew, on_postgresql,
                        *boost::unit_test::precondition(is_there)) {
  const auto book = open(where);
  BOOST_TEST(!!book->login("ann"));
  auto other = database::open(where);
  BOOST_REQUIRE(other);
  BOOST_TEST(!(*other)->run("SELECT pg_terminate_backend(pid, 10000) FROM "
                            "pg_stat_activity WHERE pid <> pg_backend_pid() "
                            "AND usename = current_user"));
  const friend_change wish{"ann", "bob", true};
  BOOST_TEST(!!book->change(wish)); // That it is lost is noticed here.
  BOOST_TEST(!book->change(wish));
  BOOST_TEST(!!book->login("ann"));
}

BOOST_FIXTURE_TEST_CASE(a_ledger_that_could_not_lock_goes_on_afterwards,
                        on_postgresql,
                        *boost::unit_test::precondition(is_there)) {
  const auto book = open(where + "?options=-c%20lock_timeout%3D20ms");
  BOOST_REQUIRE((book->login("ann") && book->login("bob")));
  const match_result result{"match:1", "ann", "bob", "ann"};
  auto other = database::open(where);
  BOOST_REQUIRE(other);
  BOOST_REQUIRE(!(*other)->begin());
  BOOST_TEST(!book->record(result)); // It waited long enough for the other.
  BOOST_TEST(!(*other)->run("ROLLBACK"));
  BOOST_TEST(!!book->login("ann"));
  BOOST_TEST(!!book->record(result));
}

BOOST_AUTO_TEST_SUITE_END()
