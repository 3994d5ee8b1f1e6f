#include "actors/cluster/link_hello.hpp"
#include "tests/cluster/hostile_client.hpp"
#include "tests/cluster/link_fixture.hpp"

namespace rollcall::test {

namespace {

std::string_view refusal_of(const hello_buffer& hello) {
  const auto decoded = decode(hello);
  const auto* wrong = std::get_if<std::string_view>(&decoded);
  return wrong != nullptr ? *wrong : std::string_view{};
}

} // namespace

BOOST_AUTO_TEST_SUITE(link_hello_tests)

BOOST_AUTO_TEST_CASE(a_hello_survives_the_wire) {
  const link_hello hello{.status = hello_status::full, .node = some_node(3)};
  const auto decoded = decode(encode(hello));
  BOOST_TEST((std::get<link_hello>(decoded) == hello));
}

BOOST_AUTO_TEST_CASE(other_protocols_are_told_apart) {
  BOOST_TEST(refusal_of(hello_buffer{}) == "not a Rollcall node");
}

BOOST_AUTO_TEST_CASE(another_version_is_told_apart) {
  auto hello = encode(link_hello{.node = some_node(3)});
  hello[8] = std::byte{link_version + 1};
  BOOST_TEST(refusal_of(hello) == "another version of the link protocol");
}

BOOST_AUTO_TEST_CASE(an_unknown_status_is_an_error) {
  auto hello = encode(link_hello{.node = some_node(3)});
  hello[9] = static_cast<std::byte>(hello_status::count_);
  BOOST_TEST(!refusal_of(hello).empty());
}

BOOST_AUTO_TEST_CASE(a_key_that_names_no_node_is_no_node) {
  BOOST_TEST(!node_of(node_key{}));
  BOOST_TEST(!!node_of(some_node(3)));
  BOOST_TEST((key_of(node_of(some_node(3))) == some_node(3)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
