// Feeds payloads of joins and updates to the built-in channel's reader: a meta
// that it takes is a JSON object, also after the server has put its part in.
#include "app/gateway/json_text.hpp"
#include "app/node/channel_payload.hpp"
#include "app/node/follow_payload.hpp"
#include "tests/fuzz/require.hpp"
#include <rollcall/limits.hpp>

#include <chrono>
#include <string>

using namespace rollcall;
using fuzz::require;

namespace {

bool is_good_meta(std::string_view meta) {
  return channels::check_json(meta, limits::meta_depth_max + 1)
             == channels::json_verdict::ok
         && channels::is_object(meta);
}

void check_meta(const node::client_meta& meta) {
  require(is_good_meta(meta.json));
  const auto stamped = node::with_online_at(meta, 1'700'000'000);
  require(is_good_meta(stamped));
  const auto online = node::raw_member(stamped, "online_at");
  require(online && *online == "\"1700000000\"");
  require(!node::raw_member(stamped, "phx_ref"));
}

void check_answer(std::string_view key) {
  const auto answer = node::error_json(key, key);
  require(channels::check_json(answer, 2) == channels::json_verdict::ok);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto payload = fuzz::as_text(data, size);
  const auto joined = node::read_join(payload);
  if (const auto* wish = std::get_if<node::join_wish>(&joined)) {
    check_meta(wish->meta);
    check_answer(wish->key);
  }
  const auto updated = node::read_meta(payload);
  if (const auto* meta = std::get_if<node::client_meta>(&updated))
    check_meta(*meta);
  const auto followed = node::read_follow(payload);
  if (const auto* wish = std::get_if<node::follow_wish>(&followed)) {
    const node::last_seen_ages ages(wish->keys.size(),
                                    std::chrono::milliseconds{1});
    require(channels::check_json(
                node::follow_state_json({}, wish->keys, ages,
                                        std::chrono::milliseconds{2},
                                        wish->topic_prefix),
                2)
            == channels::json_verdict::ok);
  }
  static_cast<void>(node::may_relay(payload));
  return 0;
}
