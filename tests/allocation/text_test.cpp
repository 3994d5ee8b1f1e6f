// Bytes to values and back: whoever finds no memory throws `std::bad_alloc`,
// loses nothing and changes nothing but its output.
#include "app/gateway/handshake.hpp"
#include "app/gateway/protocol.hpp"
#include "app/gateway/text.hpp"
#include "crdt/presence_set.hpp"
#include "crdt/wire/cluster_wire.hpp"
#include "tests/allocation/survive.hpp"

#include <span>
#include <stdexcept>
#include <string>

using namespace rollcall;
using test::survive;

namespace {

struct nothing {};

/// Boost's own checks allocate.
void require(bool holds) {
  if (!holds)
    throw std::logic_error{"decoded wrongly"};
}

const std::string long_text(100, 'x');

crdt::interval some_interval(crdt::presence_set& from) {
  for (std::uint64_t owner = 1; owner <= 20; ++owner)
    from.join("room:" + std::to_string(owner % 3),
              crdt::stored_entry::make("key" + std::to_string(owner),
                                       "{\"a\":1}", owner));
  from.leave("room:1", "key1", 1);
  return *from.make_interval(from.self_tag(), {}, 1 << 20);
}

std::string some_packet() {
  crdt::presence_set set{{"writer", 1, 0, 0}};
  std::string result;
  wire::encode(some_interval(set), result);
  return result;
}

wire::heartbeat some_heartbeat() {
  wire::heartbeat result;
  result.membership.sender = {long_text, 1};
  for (int i = 0; i < 5; ++i)
    result.membership.others.push_back(
        {{long_text, 1}, 1, true, long_text, {}});
  result.membership.missing = {long_text};
  result.membership.departed.push_back({long_text, 2});
  result.shards.resize(4, {true, {{{7}, {3, 4}, true}}});
  return result;
}

template <class Value, class Decode>
void survive_packet(const Value& value, Decode decode) {
  survive<nothing>([&](nothing&) {
    std::string packet;
    wire::encode(value, packet);
    require(decode(packet).has_value());
  });
}

} // namespace

BOOST_AUTO_TEST_SUITE(text_allocation_tests)

BOOST_AUTO_TEST_CASE(an_interval_that_cannot_be_decoded_for_lack_of_memory) {
  static const auto packet = some_packet();
  survive<nothing>([](nothing&) {
    crdt::interval out;
    require((wire::decode(std::as_bytes(std::span{packet}), out)
             == wire::decode_error::none));
  });
}

BOOST_AUTO_TEST_CASE(an_interval_that_cannot_be_encoded_for_lack_of_memory) {
  crdt::presence_set set{{"writer", 1, 0, 0}};
  const auto interval = some_interval(set);
  survive<nothing>([&](nothing&) {
    std::string packet;
    wire::encode(interval, packet);
  });
}

BOOST_AUTO_TEST_CASE(packets_of_the_cluster_without_memory_lose_nothing) {
  survive_packet(some_heartbeat(), wire::decode_heartbeat);
  survive_packet(wire::hello{1, long_text, {long_text, 1}, 4, long_text},
                 wire::decode_hello);
  survive_packet(wire::refusal{long_text}, wire::decode_refusal);
  survive_packet(wire::leaving{{long_text, 1}}, wire::decode_leaving);
  survive_packet(wire::event{long_text, long_text, long_text, false},
                 wire::decode_event);
  survive_packet(wire::tell{long_text, long_text, long_text},
                 wire::decode_tell);
}

BOOST_AUTO_TEST_CASE(messages_of_clients_without_memory_lose_nothing) {
  const auto text = R"(["12345678901234567890","\u00e9","room:)" + long_text
                    + R"(","event","{}"])";
  const auto binary
      = std::string{"\0\1\1\x64\5", 5} + "12" + long_text + "eventbytes";
  survive<nothing>([&](nothing&) {
    channels::message message;
    require(
        (channels::decode_text(text, {}, message) == channels::problem::none));
    static_cast<void>(channels::encode_reply(
        message.join_ref, message.ref, message.topic, "ok", message.payload));
    require(
        (channels::decode_binary(binary, message) == channels::problem::none));
    static_cast<void>(channels::encode_push(message.join_ref, message.topic,
                                            message.event, message.payload));
    static_cast<void>(channels::encode_broadcast(message.topic, message.event,
                                                 message.payload));
  });
}

BOOST_AUTO_TEST_CASE(requests_without_memory_lose_nothing) {
  survive<nothing>([](nothing&) {
    auto target = channels::parse_target(
        "/a/long/path/of/a/request?user_id=a%20long%20name%20of%20a%20user"
        "&token="
        + long_text);
    const channels::path_pattern pattern{"/a/:b/path/of/a/:c"};
    require(pattern.match(target.path, target.params));
    const auto policy = channels::origin_policy::parse(
        {"same-host", "https://*.a-long-name.example:8443"});
    const auto hosts
        = channels::host_policy::parse({"*.another-long-name.example"});
    static_cast<void>(policy->allows("https://www.a-long-name.example:8443",
                                     "www.a-long-name.example", *hosts));
    const auto choice = channels::choose_subprotocol(
        "phoenix, base64url.bearer.phx.YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXo",
        {"phoenix"}, true);
    require(choice.token.has_value());
  });
}

BOOST_AUTO_TEST_SUITE_END()
