// Feeds binary frames to the decoder of the Channels protocol: what it takes
// keeps the limits, and can be said again in both forms.
#include "app/gateway/json_text.hpp"
#include "app/gateway/protocol.hpp"
#include "tests/fuzz/require.hpp"
#include "text/utf8.hpp"

using namespace rollcall;
using fuzz::require;

namespace {

/// Field lengths of a frame are in its bytes after the kind.
void check_pushed(const channels::message& message) {
  const auto push = channels::encode_push(message.join_ref, message.topic,
                                          message.event, message.payload);
  require(push.problem == channels::problem::none && push.is_binary);
  const auto join_ref = channels::unquote(message.join_ref);
  require(join_ref.has_value());
  require(push.bytes.size()
          == 4 + join_ref->size() + message.topic.size() + message.event.size()
                 + message.payload.bytes.size());
  require(push.bytes.ends_with(message.payload.bytes));
}

/// The refs of a binary frame answer in a text frame as well.
void check_replied(const channels::message& message) {
  const auto reply = channels::encode_reply(message.join_ref, message.ref,
                                            message.topic, "ok", {"{}", false});
  channels::message again;
  channels::decode_limits limits;
  // A byte may take six as an escape.
  limits.field_bytes_max = 6 * 255;
  require(channels::decode_text(reply.bytes, limits, again)
          == channels::problem::none);
  require(again.join_ref == message.join_ref && again.ref == message.ref
          && again.topic == message.topic);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  channels::message message;
  if (channels::decode_binary(fuzz::as_text(data, size), message)
      != channels::problem::none)
    return 0;
  require(message.payload.is_binary && message.payload.bytes.size() <= size);
  require(message.topic.size() <= 255 && message.event.size() <= 255);
  require(is_utf8(message.topic) && is_utf8(message.event));
  check_pushed(message);
  check_replied(message);
  const auto all = channels::encode_broadcast(message.topic, message.event,
                                              message.payload);
  require(all.problem == channels::problem::none);
  return 0;
}
