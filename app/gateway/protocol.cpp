#include "app/gateway/protocol.hpp"

#include "app/gateway/json_text.hpp"
#include "text/utf8.hpp"
#include <rollcall/json_string.hpp>

#include <cstdint>
#include <initializer_list>
#include <utility>

namespace rollcall::channels {

namespace {

constexpr std::size_t byte_field_max = 255;

enum kind : std::uint8_t { push_kind = 0, reply_kind = 1, broadcast_kind = 2 };

/// Strings are the same whatever they escape, so that binary frames, which
/// escape nothing, can name what a text frame joined.
std::string normalized(std::string_view token) {
  if (token.find('\\') == std::string_view::npos)
    return std::string{token};
  const auto text = unquote(token);
  if (!text)
    return std::string{token};
  std::string result;
  append_json_string(result, *text);
  return result;
}

problem check_sizes(const message& m, std::size_t field_bytes_max) {
  // Two more for the quotes.
  if (m.join_ref.size() > field_bytes_max + 2)
    return problem::join_ref_too_long;
  if (m.ref.size() > field_bytes_max + 2)
    return problem::ref_too_long;
  if (m.event.size() > field_bytes_max)
    return problem::event_too_long;
  return m.topic.size() > field_bytes_max ? problem::topic_too_long
                                          : problem::none;
}

problem fill(const array_slices& from, message& out) {
  auto topic = unquote(from.elements[2]);
  if (!topic)
    return problem::topic_not_a_string;
  auto event = unquote(from.elements[3]);
  if (!event)
    return problem::event_not_a_string;
  out.join_ref = normalized(from.elements[0]);
  out.ref = normalized(from.elements[1]);
  out.topic = std::move(*topic);
  out.event = std::move(*event);
  out.payload.bytes = from.elements[4];
  out.payload.is_binary = false;
  return problem::none;
}

/// A ref as a binary frame carries it: its text, nothing if it is null.
std::string bare(std::string_view token) {
  if (token == null_ref)
    return {};
  auto text = unquote(token);
  return text ? std::move(*text) : std::string{token};
}

/// A field of a binary frame and what to say if it is too long.
struct field {
  std::string_view bytes;
  problem when_too_long;
};

encoded encode_fields(kind frame_kind, std::initializer_list<field> parts,
                      std::string_view data) {
  encoded result;
  result.is_binary = true;
  result.bytes += static_cast<char>(frame_kind);
  for (const auto& each : parts) {
    if (each.bytes.size() > byte_field_max)
      return {{}, true, each.when_too_long};
    result.bytes += static_cast<char>(each.bytes.size());
  }
  for (const auto& each : parts)
    result.bytes += each.bytes;
  result.bytes += data;
  return result;
}

encoded text_frame(std::string head, std::string_view payload) {
  head += payload;
  head += ']';
  return {std::move(head), false, problem::none};
}

} // namespace

std::string_view describe(problem why) noexcept {
  constexpr std::string_view sentences[] = {
      "no problem",
      "text is not UTF-8",
      "message is not JSON",
      "payload nests too deep",
      "message is not an array",
      "message has fewer than five elements",
      "topic is not a string",
      "event is not a string",
      "join_ref is longer than 255 bytes",
      "ref is longer than 255 bytes",
      "topic is longer than 255 bytes",
      "event is longer than 255 bytes",
      "status is longer than 255 bytes",
      "binary message is not a push",
      "binary message is shorter than its header says",
      "payload is not an object",
      "message is larger than the limit",
  };
  return sentences[static_cast<std::size_t>(why)];
}

problem decode_text(std::string_view frame, const decode_limits& limits,
                    message& out) {
  // The message itself is one level of nesting.
  if (const auto verdict = check_json(frame, limits.depth_max + 1);
      verdict != json_verdict::ok) {
    if (!is_utf8(frame))
      return problem::invalid_utf8;
    return verdict == json_verdict::too_deep ? problem::too_deep
                                             : problem::not_json;
  }
  const auto slices = slice_array(frame);
  if (!slices)
    return problem::not_an_array;
  if (slices->count < slices->elements.size())
    return problem::too_few_elements;
  if (const auto failed = fill(*slices, out); failed != problem::none)
    return failed;
  return check_sizes(out, limits.field_bytes_max);
}

problem decode_binary(std::string_view frame, message& out) {
  constexpr std::size_t header = 5;
  if (frame.empty())
    return problem::truncated;
  if (frame[0] != static_cast<char>(push_kind))
    return problem::unknown_kind;
  if (frame.size() < header)
    return problem::truncated;
  std::size_t at = header;
  std::string_view parts[4];
  for (std::size_t i = 0; i < 4; ++i) {
    const auto size = static_cast<std::uint8_t>(frame[i + 1]);
    if (frame.size() - at < size)
      return problem::truncated;
    parts[i] = frame.substr(at, size);
    at += size;
    if (!is_utf8(parts[i]))
      return problem::invalid_utf8;
  }
  out.join_ref.clear();
  append_json_string(out.join_ref, parts[0]);
  out.ref.clear();
  append_json_string(out.ref, parts[1]);
  out.topic = parts[2];
  out.event = parts[3];
  out.payload.bytes = frame.substr(at);
  out.payload.is_binary = true;
  return problem::none;
}

bool is_answerable(problem why) noexcept {
  switch (why) {
  case problem::not_json:
  case problem::too_deep:
  case problem::topic_not_a_string:
  case problem::event_not_a_string:
  case problem::join_ref_too_long:
  case problem::ref_too_long:
  case problem::topic_too_long:
  case problem::event_too_long:
  case problem::too_large:
    return true;
  default:
    return false;
  }
}

std::string_view reason_of(problem why) noexcept {
  switch (why) {
  case problem::topic_not_a_string:
  case problem::topic_too_long:
    return "invalid_topic";
  case problem::not_json:
  case problem::too_deep:
    return "invalid_payload";
  case problem::too_large:
    return "too_large";
  default:
    return "invalid_message";
  }
}

std::optional<message_head> read_text_head(std::string_view frame) {
  const auto front = slice_front(frame, 4);
  if (!front)
    return std::nullopt;
  const auto token
      = [&front](std::size_t i) { return std::string{front->elements[i]}; };
  return message_head{token(0), token(1), token(2), token(3)};
}

std::optional<message_head> read_binary_head(std::string_view frame) {
  message found;
  if (decode_binary(frame, found) != problem::none)
    return std::nullopt;
  message_head result{std::move(found.join_ref), std::move(found.ref), {}, {}};
  append_json_string(result.topic, found.topic);
  append_json_string(result.event, found.event);
  return result;
}

std::string encode_refusal(const message_head& to, std::string_view reason,
                           std::string_view detail) {
  std::string out = "[";
  out += to.join_ref;
  out += ',';
  out += to.ref;
  out += ',';
  out += to.topic;
  out += R"(,"phx_reply",{"status":"error","response":{"reason":)";
  append_json_string(out, reason);
  out += ",\"detail\":";
  append_json_string(out, detail);
  out += "}}]";
  return out;
}

std::string text_head(std::string_view join_ref, std::string_view ref,
                      std::string_view topic, std::string_view event) {
  std::string out;
  out.reserve(join_ref.size() + ref.size() + topic.size() + event.size() + 16);
  out += '[';
  out += join_ref;
  out += ',';
  out += ref;
  out += ',';
  append_json_string(out, topic);
  out += ',';
  append_json_string(out, event);
  out += ',';
  return out;
}

encoded encode_reply(std::string_view join_ref, std::string_view ref,
                     std::string_view topic, std::string_view status,
                     const body& response) {
  if (response.is_binary)
    return encode_fields(reply_kind,
                         {{bare(join_ref), problem::join_ref_too_long},
                          {bare(ref), problem::ref_too_long},
                          {topic, problem::topic_too_long},
                          {status, problem::status_too_long}},
                         response.bytes);
  auto head = text_head(join_ref, ref, topic, "phx_reply");
  head += "{\"status\":";
  if (status.empty())
    head += null_ref;
  else
    append_json_string(head, status);
  head += ",\"response\":";
  head += response.bytes;
  return text_frame(std::move(head), "}");
}

encoded encode_push(std::string_view join_ref, std::string_view topic,
                    std::string_view event, const body& payload) {
  if (payload.is_binary)
    return encode_fields(push_kind,
                         {{bare(join_ref), problem::join_ref_too_long},
                          {topic, problem::topic_too_long},
                          {event, problem::event_too_long}},
                         payload.bytes);
  if (!is_object(payload.bytes))
    return {{}, false, problem::payload_not_an_object};
  return text_frame(text_head(join_ref, null_ref, topic, event), payload.bytes);
}

encoded encode_broadcast(std::string_view topic, std::string_view event,
                         const body& payload) {
  if (payload.is_binary)
    return encode_fields(
        broadcast_kind,
        {{topic, problem::topic_too_long}, {event, problem::event_too_long}},
        payload.bytes);
  return encode_push(null_ref, topic, event, payload);
}

std::string encode_close(std::string_view join_ref, std::string_view topic) {
  return text_head(join_ref, join_ref, topic, "phx_close") + "{}]";
}

std::string encode_error(std::string_view join_ref, std::string_view topic) {
  return text_head(join_ref, join_ref, topic, "phx_error")
         + R"({"reason":"channel_crash"}])";
}

} // namespace rollcall::channels
