#include "crdt/wire/interval_wire.hpp"
#include "crdt/wire/wire_io.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

using namespace rollcall;
using crdt::interval;
using wire::decode_error;

namespace {

decode_error decode(const std::string& packet, interval& out) {
  return wire::decode(std::as_bytes(std::span{packet}), out);
}

std::string encoded(const interval& what) {
  std::string result;
  wire::encode(what, result);
  return result;
}

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
  std::string packet;
  wire::writer to{packet};
  to.byte(wire::format);
  to.byte(static_cast<std::uint8_t>(wire::packet_kind::interval));
  to.section(1, [&] { // The header, of (50, 100].
    to.fixed(5);
    to.number(50);
    to.number(50);
    for (int i = 0; i < 3; ++i)
      to.number(0);
  });
  to.section(2, [&] { // One presence.
    to.byte(128);
    to.number(1);
    to.number(0);
    to.text("room");
    to.number(0);
    to.text("alice");
    to.text("{}");
    to.text(extension);
  });
  to.finish();
  interval out;
  return decode(packet, out);
}

} // namespace

BOOST_AUTO_TEST_SUITE(login_wire_tests)

BOOST_AUTO_TEST_CASE(logins_survive_the_wire) {
  const auto what = some_sessions();
  interval back;
  BOOST_REQUIRE((decode(encoded(what), back) == decode_error::none));
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
