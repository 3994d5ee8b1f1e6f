#include "tests/messages/interval_packet.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

using namespace rollcall;
using namespace rollcall::test;
using crdt::interval;
using wire::decode_error;

namespace {

std::optional<crdt::login> login_of(const interval& what, std::size_t index) {
  return crdt::stored_entry::of(*what.live[index].presence).began();
}

interval some_sessions() {
  interval what;
  what.replica = {7};
  what.to = 9;
  what.as_of = 9;
  const auto add = [&](std::uint64_t seq, std::optional<crdt::login> when) {
    what.live.push_back(
        {"arena:1", crdt::stored_entry::make("k" + std::to_string(seq), "{}", 3,
                                             {what.replica, seq}, 0, when)});
  };
  add(1, crdt::login{1'700'000'000'000, {7}}); // Of this replica.
  add(2, std::nullopt);
  add(4, crdt::login{crdt::login_moment_max, {~0ull}});
  add(9, crdt::login{0, {1}});
  return what;
}

/// What becomes of an interval with one presence whose extension has these
/// bytes.
decode_error error_of_extension(std::string_view extension) {
  return error_of(packet_with(
      live_section, [=](wire::writer& to) { write_extended(to, extension); }));
}

} // namespace

BOOST_AUTO_TEST_SUITE(login_wire_tests)

BOOST_AUTO_TEST_CASE(logins_survive_the_wire) {
  const auto what = some_sessions();
  interval back;
  BOOST_REQUIRE(
      (wire::decode(bytes_of(encoded(what)), back) == decode_error::none));
  BOOST_REQUIRE(back.live.size() == what.live.size());
  for (std::size_t i = 0; i < what.live.size(); ++i)
    BOOST_TEST((login_of(back, i) == login_of(what, i)));
}

BOOST_AUTO_TEST_CASE(a_login_of_the_writer_takes_nine_bytes) {
  auto what = some_sessions();
  what.live.resize(1);
  const auto with = encoded(what).size();
  what.live.front().presence
      = crdt::stored_entry::make("k1", "{}", 3, {what.replica, 1}, 0);
  BOOST_TEST(with == encoded(what).size() + 9);
}

BOOST_AUTO_TEST_CASE(a_login_that_cannot_be_is_refused) {
  using namespace std::string_view_literals;
  BOOST_TEST((error_of_extension("\x01\x01\x05"sv) == decode_error::none));
  for (const auto bad :
       {"\x01"sv, "\x01\x02\x05"sv, "\x01\x00"sv, "\x01\x02\x05\x05"sv,
        "\x01\x07\x80\x80\x80\x80\x80\x80\x40"sv})
    BOOST_TEST((error_of_extension(bad) == decode_error::truncated));
}

BOOST_AUTO_TEST_SUITE_END()
