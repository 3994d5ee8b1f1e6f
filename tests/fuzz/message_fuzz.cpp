// Feeds text frames to the decoder of the Channels protocol: what it takes
// keeps the limits, and every frame made from it is read back as the same.
#include "app/gateway/json_text.hpp"
#include "app/gateway/protocol.hpp"
#include "tests/fuzz/require.hpp"
#include "text/utf8.hpp"

using namespace rollcall;
using fuzz::require;

namespace {

channels::message decoded(std::string_view frame, std::size_t depth_max) {
  channels::message result;
  channels::decode_limits limits;
  limits.depth_max = depth_max;
  require(channels::decode_text(frame, limits, result)
          == channels::problem::none);
  return result;
}

void check_fields(const channels::message& what) {
  const channels::decode_limits limits;
  require(what.topic.size() <= limits.field_bytes_max);
  require(what.event.size() <= limits.field_bytes_max);
  require(is_utf8(what.topic) && is_utf8(what.event));
  require(channels::check_json(what.what.bytes, limits.depth_max)
          == channels::json_verdict::ok);
}

void check_reply(const channels::message& what) {
  const auto reply = channels::encode_reply(what.join_ref, what.ref, what.topic,
                                            what.event, what.what);
  require(reply.what == channels::problem::none);
  // The reply wraps the payload once.
  const auto again = decoded(reply.bytes, 65);
  require(again.join_ref == what.join_ref && again.ref == what.ref
          && again.topic == what.topic && again.event == "phx_reply");
}

void check_push(const channels::message& what) {
  const auto push
      = channels::encode_push(what.join_ref, what.topic, what.event, what.what);
  require((push.what == channels::problem::none)
          == channels::is_object(what.what.bytes));
  if (push.what != channels::problem::none)
    return;
  const auto again = decoded(push.bytes, 64);
  require(again.join_ref == what.join_ref && again.topic == what.topic
          && again.event == what.event && again.what.bytes == what.what.bytes);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  channels::message what;
  if (channels::decode_text(fuzz::as_text(data, size), {}, what)
      != channels::problem::none)
    return 0;
  check_fields(what);
  check_reply(what);
  check_push(what);
  decoded(channels::encode_close(what.join_ref, what.topic), 64);
  decoded(channels::encode_error(what.join_ref, what.topic), 64);
  return 0;
}
