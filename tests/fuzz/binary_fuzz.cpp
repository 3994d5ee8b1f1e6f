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
void check_pushed(const channels::message& what) {
  const auto push
      = channels::encode_push(what.join_ref, what.topic, what.event, what.what);
  require(push.what == channels::problem::none && push.is_binary);
  const auto join_ref = channels::unquote(what.join_ref);
  require(join_ref.has_value());
  require(push.bytes.size()
          == 4 + join_ref->size() + what.topic.size() + what.event.size()
                 + what.what.bytes.size());
  require(push.bytes.ends_with(what.what.bytes));
}

/// The refs of a binary frame answer in a text frame as well.
void check_replied(const channels::message& what) {
  const auto reply = channels::encode_reply(what.join_ref, what.ref, what.topic,
                                            "ok", {"{}", false});
  channels::message again;
  channels::decode_limits limits;
  // A byte may take six as an escape.
  limits.field_bytes_max = 6 * 255;
  require(channels::decode_text(reply.bytes, limits, again)
          == channels::problem::none);
  require(again.join_ref == what.join_ref && again.ref == what.ref
          && again.topic == what.topic);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  channels::message what;
  if (channels::decode_binary(fuzz::as_text(data, size), what)
      != channels::problem::none)
    return 0;
  require(what.what.is_binary && what.what.bytes.size() <= size);
  require(what.topic.size() <= 255 && what.event.size() <= 255);
  require(is_utf8(what.topic) && is_utf8(what.event));
  check_pushed(what);
  check_replied(what);
  const auto all
      = channels::encode_broadcast(what.topic, what.event, what.what);
  require(all.what == channels::problem::none);
  return 0;
}
