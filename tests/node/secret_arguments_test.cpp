#include "app/node/secret_arguments.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace rollcall::node {

namespace {

std::string hidden(std::string argument) {
  char* only[] = {argument.data()};
  hide_secrets(only);
  return argument;
}

} // namespace

BOOST_AUTO_TEST_SUITE(secret_arguments_tests)

BOOST_AUTO_TEST_CASE(the_values_of_secrets_are_overwritten) {
  BOOST_TEST(hidden("--rollcall.admin.token=abc")
             == "--rollcall.admin.token=***");
  BOOST_TEST(hidden("--rollcall.auth.hs256-secret=a=b")
             == "--rollcall.auth.hs256-secret=***");
  BOOST_TEST(hidden("--rollcall.auth.hs256-secrets=typo")
             == "--rollcall.auth.hs256-secrets=****");
}

BOOST_AUTO_TEST_CASE(all_else_stays) {
  for (const std::string argument :
       {"--rollcall.gateway.port=4000", "--rollcall.admin.token",
        "--rollcall.admin.token-file=/run/token", "--config-file=token", ""})
    BOOST_TEST(hidden(argument) == argument);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::node
