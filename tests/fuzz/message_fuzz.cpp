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

void check_fields(const channels::message& message) {
  const channels::decode_limits limits;
  require(message.topic.size() <= limits.field_bytes_max);
  require(message.event.size() <= limits.field_bytes_max);
  require(is_utf8(message.topic) && is_utf8(message.event));
  require(channels::check_json(message.payload.bytes, limits.depth_max)
          == channels::json_verdict::ok);
}

void check_reply(const channels::message& message) {
  const auto reply
      = channels::encode_reply(message.join_ref, message.ref, message.topic,
                               message.event, message.payload);
  require(reply.problem == channels::problem::none);
  // The reply wraps the payload once.
  const auto again = decoded(reply.bytes, 65);
  require(again.join_ref == message.join_ref && again.ref == message.ref
          && again.topic == message.topic && again.event == "phx_reply");
}

void check_push(const channels::message& message) {
  const auto push = channels::encode_push(message.join_ref, message.topic,
                                          message.event, message.payload);
  require((push.problem == channels::problem::none)
          == channels::is_object(message.payload.bytes));
  if (push.problem != channels::problem::none)
    return;
  const auto again = decoded(push.bytes, 64);
  require(again.join_ref == message.join_ref && again.topic == message.topic
          && again.event == message.event
          && again.payload.bytes == message.payload.bytes);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  channels::message message;
  if (channels::decode_text(fuzz::as_text(data, size), {}, message)
      != channels::problem::none)
    return 0;
  check_fields(message);
  check_reply(message);
  check_push(message);
  decoded(channels::encode_close(message.join_ref, message.topic), 64);
  decoded(channels::encode_error(message.join_ref, message.topic), 64);
  return 0;
}
