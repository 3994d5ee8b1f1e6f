#include "app/gateway/client_limits.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace rollcall;
using namespace rollcall::channels;
using namespace std::chrono_literals;

namespace {

const auto start = token_bucket::clock::time_point{} + 1000h;

const client_rates rates{{10, 20}, {1, 2}, {1, 3}};

message named(const std::string& event) {
  message message;
  message.event = event;
  return message;
}

/// How many messages of a kind are let in at once.
int let_in(client_budget& budget, const std::string& event,
           std::optional<refusal>& why) {
  for (int count = 0;; ++count)
    if (const auto admitted = budget.take(named(event), rates, start);
        admitted.refused) {
      why = admitted.refused;
      return count;
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(client_limits_tests)

BOOST_AUTO_TEST_CASE(each_kind_has_its_own_rate) {
  client_budget budget;
  std::optional<refusal> why;
  BOOST_TEST(let_in(budget, "phx_join", why) == 2);
  BOOST_TEST((why == refusal::client_join_rate));
  BOOST_TEST(let_in(budget, "presence:update", why) == 3);
  BOOST_TEST((why == refusal::presence_rate));
  BOOST_TEST(let_in(budget, "move", why) == 13); // 20 less 3 and 4
  BOOST_TEST((why == refusal::message_rate));
}

BOOST_AUTO_TEST_CASE(the_answer_rounds_up_to_milliseconds) {
  BOOST_TEST(rate_limited(1us)
             == R"({"reason":"rate_limited","retry_after_ms":1})");
  BOOST_TEST(rate_limited(1500ms)
             == R"({"reason":"rate_limited","retry_after_ms":1500})");
}

BOOST_AUTO_TEST_CASE(connections_of_one_user_share_a_budget) {
  user_budgets users{rates};
  const auto one = users.open("ann", start);
  const auto two = users.open("ann", start);
  const auto other = users.open("bob", start);
  BOOST_TEST(!one->take(named("phx_join"), rates, start).refused);
  BOOST_TEST(!two->take(named("phx_join"), rates, start).refused);
  BOOST_TEST((one->take(named("phx_join"), rates, start).refused
              == refusal::client_join_rate));
  BOOST_TEST(!other->take(named("phx_join"), rates, start).refused);
}

BOOST_AUTO_TEST_CASE(a_user_that_reconnects_finds_the_budget_as_it_was) {
  user_budgets users{rates};
  for (int i = 0; i < 2; ++i)
    BOOST_TEST(!users.open("ann", start)
                    ->take(named("phx_join"), rates, start)
                    .refused);
  BOOST_TEST(
      (users.open("ann", start)->take(named("phx_join"), rates, start).refused
       == refusal::client_join_rate));
}

BOOST_AUTO_TEST_CASE(users_without_a_name_or_a_limit_have_no_budget) {
  user_budgets users{rates};
  BOOST_TEST(!users.open("", start));
  user_budgets unlimited{client_rates{}};
  BOOST_TEST(!unlimited.open("ann", start));
  BOOST_TEST(unlimited.size() == 0u);
}

BOOST_AUTO_TEST_CASE(users_that_went_are_forgotten_once_their_budget_is_full) {
  user_budgets users{rates};
  const auto stays = users.open("stays", start);
  for (int i = 0; i < 100'000; ++i) {
    const auto now = start + i * 10ms;
    BOOST_TEST_REQUIRE(!users.open("user" + std::to_string(i), now)
                            ->take(named("x"), rates, now)
                            .refused);
  }
  BOOST_TEST(users.size() < 3000u);
  BOOST_TEST((users.open("stays", start) == stays));
}

BOOST_AUTO_TEST_SUITE_END()
