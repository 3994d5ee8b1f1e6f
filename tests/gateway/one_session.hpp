#pragma once

#include "tests/gateway/recorded_effects.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::test {

/// Printable by Boost.Test.
struct strings : std::vector<std::string> {
  using std::vector<std::string>::vector;
};

inline std::ostream& operator<<(std::ostream& out, const strings& all) {
  for (const auto& each : all)
    out << "\n  " << each;
  return out;
}

/// A channel table with room for three channels.
struct one_session {
  recorded_effects effects;
  channels::channel_table table{effects, 3};

  void send(std::string_view frame) {
    channels::message message;
    BOOST_TEST_REQUIRE(
        (channels::decode_text(frame, {}, message) == channels::problem::none));
    table.receive(std::move(message));
  }

  /// Joins, accepted, with join_ref and ref the same.
  void join(const std::string& topic, const std::string& ref) {
    send("[\"" + ref + "\",\"" + ref + "\",\"" + topic + "\",\"phx_join\",{}]");
    table.accept(effects.last_id, "{}", presence_view::diffs);
    take_sent();
    take_done();
  }

  strings take_sent() {
    const auto all = std::exchange(effects.sent, {});
    return {all.begin(), all.end()};
  }
  strings refused() const {
    return {effects.refused.begin(), effects.refused.end()};
  }
  strings take_done() {
    const auto all = std::exchange(effects.done, {});
    return {all.begin(), all.end()};
  }
};

inline const std::string ok_7
    = R"(["1","7","room:a","phx_reply",{"status":"ok","response":{}}])";
inline const std::string unmatched_7
    = R"([null,"7","room:a","phx_reply",{"status":"error","response":{"reason":"unmatched topic"}}])";

inline std::string error_reply(const std::string& refs,
                               const std::string& topic,
                               const std::string& reason) {
  return "[" + refs + ",\"" + topic
         + R"(","phx_reply",{"status":"error","response":{"reason":")" + reason
         + R"("}}])";
}

} // namespace rollcall::test
