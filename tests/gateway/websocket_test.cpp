#include "app/gateway/websocket.hpp"
#include "tests/gateway/client_frames.hpp"
#include "tests/gateway/hex.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace rollcall::websocket;
using rollcall::test::client_frame;
using rollcall::test::from_hex;

namespace {

using received = std::vector<std::pair<opcode, std::string>>;

/// Feeds a reader in pieces of `piece` bytes.
received read_all(reader& from, std::string bytes, std::size_t piece) {
  received result;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    auto part = bytes.substr(at, piece);
    from.feed(part);
    while (const auto what = from.next())
      result.emplace_back(what->kind, std::string{what->payload});
  }
  return result;
}

close_code violation_of(std::string bytes, std::uint32_t max = 1000) {
  reader from{max};
  read_all(from, std::move(bytes), 4096);
  return from.violation();
}

} // namespace

BOOST_AUTO_TEST_SUITE(websocket_tests)

BOOST_AUTO_TEST_CASE(messages_are_found_however_the_bytes_are_cut) {
  const auto bytes = client_frame(opcode::text, "hello")
                     + client_frame(opcode::ping, "p")
                     + client_frame(opcode::binary, std::string(300, 'x'))
                     + client_frame(opcode::text, "");
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    reader from{1000};
    const auto found = read_all(from, bytes, piece);
    BOOST_TEST_REQUIRE(found.size() == 4u);
    BOOST_TEST(found[0].second == "hello");
    BOOST_TEST((found[1].first == opcode::ping));
    BOOST_TEST(found[2].second == std::string(300, 'x'));
    BOOST_TEST(found[3].second.empty());
  }
}

BOOST_AUTO_TEST_CASE(fragments_are_put_together_around_control_frames) {
  const auto bytes = client_frame(opcode::text, "he", false)
                     + client_frame(opcode::ping, "p")
                     + client_frame(opcode::continuation, "l", false)
                     + client_frame(opcode::continuation, "lo")
                     + client_frame(opcode::text, "next");
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    reader from{1000};
    const auto found = read_all(from, bytes, piece);
    BOOST_TEST_REQUIRE(found.size() == 3u);
    BOOST_TEST((found[0].first == opcode::ping));
    BOOST_TEST(found[1].second == "hello");
    BOOST_TEST((found[1].first == opcode::text));
    BOOST_TEST(found[2].second == "next");
  }
}

BOOST_AUTO_TEST_CASE(a_message_may_be_as_large_as_the_limit) {
  const std::string fits(1000, 'x');
  BOOST_TEST(
      (violation_of(client_frame(opcode::text, fits)) == close_code::none));
  BOOST_TEST((violation_of(client_frame(opcode::text, fits + "x"))
              == close_code::too_big));
}

BOOST_AUTO_TEST_CASE(the_limit_holds_for_all_fragments_together) {
  const std::string half(500, 'x');
  const auto start = client_frame(opcode::text, half, false);
  BOOST_TEST((violation_of(start + client_frame(opcode::continuation, half))
              == close_code::none));
  BOOST_TEST(
      (violation_of(start + client_frame(opcode::continuation, half + "x"))
       == close_code::too_big));
}

BOOST_AUTO_TEST_CASE(an_absurd_length_is_refused_by_its_header) {
  BOOST_TEST((violation_of(from_hex("82 ff ff ff ff ff ff ff ff ff"))
              == close_code::too_big));
  BOOST_TEST((violation_of(from_hex("82 ff 00 00 00 00 ff ff ff ff"))
              == close_code::too_big));
}

BOOST_AUTO_TEST_CASE(violations_of_the_framing_are_found) {
  const auto is_violation = [](std::string bytes) {
    return violation_of(std::move(bytes)) == close_code::protocol_error;
  };
  BOOST_TEST(is_violation(from_hex("81 01 61")), "not masked");
  BOOST_TEST(is_violation(from_hex("c1 80 00000000")), "reserved bit");
  BOOST_TEST(is_violation(from_hex("83 80 00000000")), "unknown opcode");
  BOOST_TEST(is_violation(from_hex("09 80 00000000")), "fragmented ping");
  BOOST_TEST(is_violation(from_hex("89 fe 007e 00000000")), "large ping");
  BOOST_TEST(is_violation(client_frame(opcode::continuation, "x")),
             "continues nothing");
  BOOST_TEST(is_violation(client_frame(opcode::text, "a", false)
                          + client_frame(opcode::text, "b")),
             "message in a message");
}

BOOST_AUTO_TEST_CASE(nothing_is_read_after_a_violation) {
  reader from{1000};
  const auto found = read_all(
      from, from_hex("81 01 61") + client_frame(opcode::text, "later"), 4096);
  BOOST_TEST(found.empty());
}

BOOST_AUTO_TEST_CASE(a_header_takes_the_shortest_length) {
  BOOST_TEST(encode_header(opcode::text, 125) == from_hex("81 7d"));
  BOOST_TEST(encode_header(opcode::text, 126) == from_hex("81 7e 007e"));
  BOOST_TEST(encode_header(opcode::binary, 65'535) == from_hex("82 7e ffff"));
  BOOST_TEST(encode_header(opcode::text, 65'536)
             == from_hex("81 7f 0000000000010000"));
}

BOOST_AUTO_TEST_CASE(a_close_frame_has_a_code_and_a_reason) {
  BOOST_TEST(encode_close(1001, "x") == from_hex("88 03 03e9 78"));
  BOOST_TEST(encode_close(1008, std::string(500, 'x')).size() == 127u);
}

BOOST_AUTO_TEST_CASE(close_frames_of_the_client_are_checked) {
  const auto answer
      = [](std::string_view payload) { return decode_close(payload).answer; };
  BOOST_TEST((answer("") == close_code::none));
  BOOST_TEST((answer(from_hex("03e8")) == close_code::none));
  BOOST_TEST((answer(from_hex("0fa0")) == close_code::none));
  BOOST_TEST((answer(from_hex("03")) == close_code::protocol_error));
  BOOST_TEST((answer(from_hex("03ed")) == close_code::protocol_error));
  BOOST_TEST((answer(from_hex("03e8 ff")) == close_code::invalid_utf8));
}

BOOST_AUTO_TEST_SUITE_END()
