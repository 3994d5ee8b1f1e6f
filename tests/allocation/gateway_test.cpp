// What a session keeps: whatever allocation fails, nothing is lost, and the
// session can be ended.
#include "app/gateway/outbox.hpp"
#include "tests/allocation/survive.hpp"
#include "tests/gateway/recorded_effects.hpp"

#include <string>

using namespace rollcall;
using namespace rollcall::channels;
using test::survive;

namespace {

const std::string long_text(100, 'x');

/// Its effects note nothing, so that what allocates is the table.
struct silent_effects final : test::recorded_effects {
  void send(encoded) override {
  }
  std::string_view start(channel&, body) override {
    return {};
  }
  void enter(channel&, presence_view) override {
  }
  void deliver(channel&, message) override {
  }
  void leave(channel&) override {
  }
  void release(channel&, bool) override {
    ++released;
  }
  void count(refusal) override {
  }
  void count_crash() override {
  }

  std::uint64_t released = 0;
};

message message_of(std::string topic, std::string event, std::string ref) {
  message result;
  result.join_ref = "\"1\"";
  result.ref = "\"" + ref + "\"";
  result.topic = std::move(topic);
  result.event = std::move(event);
  result.payload.bytes = "{\"text\":\"" + long_text + "\"}";
  return result;
}

struct joined_session {
  ~joined_session() {
    table.clear();
  }

  silent_effects effects;
  channel_table table{effects, 10};
};

/// Joins, speaks before it is answered and after, joins anew, and leaves.
void use(joined_session& session) {
  auto& table = session.table;
  table.receive(message_of("room:a" + long_text, "phx_join", "1"));
  table.receive(message_of("room:a" + long_text, "early", "2"));
  table.accept(1, "{}", presence_view::state_and_diffs);
  table.receive(message_of("room:a" + long_text, "later", "3"));
  table.receive(message_of("room:b" + long_text, "phx_join", "1"));
  table.reject(2, "{\"reason\":\"no\"}");
  table.receive(message_of("room:a" + long_text, "phx_join", "1"));
  table.accept(3, "{}", presence_view::diffs);
  table.receive(message_of("room:a" + long_text, "phx_leave", "4"));
  table.end(3, false);
}

struct some_outbox {
  outbox box{1 << 20};
};

/// A text of three parts.
struct parts final : text_source {
  part at(std::size_t index) override {
    return {share(long_text), index == 2};
  }
  std::size_t held_bytes() const noexcept override {
    return 300;
  }
};

void fill_and_empty(some_outbox& of) {
  for (int i = 0; i < 20; ++i)
    static_cast<void>(of.box.push({share(long_text), share(long_text)}));
  static_cast<void>(of.box.push(
      {share(long_text), nullptr, false, std::make_shared<parts>()}));
  for (int i = 0; i < 21; ++i)
    of.box.pop(of.box.next());
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_allocation_tests)

BOOST_AUTO_TEST_CASE(channels_without_memory_are_still_all_released) {
  survive<joined_session>(use, [](joined_session& session) {
    session.table.clear();
    BOOST_TEST_REQUIRE(session.table.size() == 0u);
    BOOST_TEST_REQUIRE(session.effects.released <= session.effects.last_id);
  });
}

BOOST_AUTO_TEST_CASE(an_outbox_without_memory_counts_what_it_holds) {
  survive<some_outbox>(fill_and_empty, [](some_outbox& of) {
    while (!of.box.empty())
      of.box.pop(of.box.next());
    BOOST_TEST_REQUIRE(of.box.bytes() == 0u);
    BOOST_TEST_REQUIRE(of.box.held_bytes() == 0u);
  });
}

BOOST_AUTO_TEST_SUITE_END()
