#include "app/node/channel_payload.hpp"

#include "app/gateway/json_text.hpp"
#include "app/node/payload_key.hpp"
#include "text/json_scan.hpp"
#include <rollcall/limits.hpp>
#include <rollcall/presence_json.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace rollcall::node {

namespace {

namespace json = boost::json;

/// Depth of a meta inside a payload.
constexpr std::size_t payload_depth_max = limits::meta_depth_max + 1;

constexpr std::string_view server_names[]
    = {"online_at", "phx_ref", "phx_ref_prev"};

std::optional<json::object> parse_object(std::string_view text) {
  json::parse_options options;
  options.max_depth = payload_depth_max;
  boost::system::error_code failed;
  auto value = json::parse({text.data(), text.size()}, failed, {}, options);
  if (failed || !value.is_object())
    return std::nullopt;
  return std::move(value.get_object());
}

/// The meta without names that are the server's. It stays as the client wrote
/// it, if that is known and has none of them.
or_reason<client_meta> make_meta(std::optional<std::string_view> written,
                                 json::object fields) {
  for (const auto name : server_names)
    if (fields.erase({name.data(), name.size()}) > 0)
      written.reset();
  if (written)
    return client_meta{std::string{*written}, fields.empty()};
  client_meta result{json::serialize(fields), fields.empty()};
  // A number that no double can be is written as one that no parser takes.
  if (channels::check_json(result.json, payload_depth_max)
      != channels::json_verdict::ok)
    return bad_payload{"meta has a number that is too large"};
  return result;
}

or_reason<client_meta> read_meta_of(json::object& fields,
                                    std::string_view payload) {
  auto* meta = fields.if_contains("meta");
  if (meta == nullptr)
    return client_meta{};
  if (!meta->is_object())
    return bad_payload{"meta is not an object"};
  // None if the name was written with escapes, and something else if it was
  // written both ways.
  auto written = raw_member(payload, "meta");
  if (written && !written->starts_with('{'))
    written.reset();
  return make_meta(written, std::move(meta->get_object()));
}

/// A place in a topic, small enough for JavaScript.
std::optional<std::size_t> place_of(const json::object& fields,
                                    std::string_view name) {
  constexpr std::int64_t place_max = 1'000'000'000;
  const auto* place = fields.if_contains({name.data(), name.size()});
  const auto* number = place == nullptr ? nullptr : place->if_int64();
  if (number == nullptr || *number < 0 || *number > place_max)
    return std::nullopt;
  return static_cast<std::size_t>(*number);
}

} // namespace

std::optional<std::string_view> raw_member(std::string_view object,
                                           std::string_view name) {
  std::optional<std::string_view> result;
  for (auto at = object.find('{') + 1;
       at < object.size() && object[at] != '}';) {
    if (object[at] != '"') {
      ++at;
      continue;
    }
    const auto name_end = end_of_json_string(object, at);
    const auto found = object.substr(at + 1, name_end - at - 2);
    const auto value = object.find(':', name_end) + 1;
    at = end_of_json_value(object, value);
    if (found == name) // The last one counts, as for JSON.parse.
      result = trim_json(object.substr(value, at - value));
  }
  return result;
}

/// `mode`: what the client wants to see of the topic.
or_reason<bool> read_mode(const json::object& fields) {
  const auto* mode = fields.if_contains("mode");
  if (mode == nullptr || *mode == "presences")
    return false;
  if (*mode == "count")
    return true;
  return bad_payload{"mode is not \"presences\" or \"count\""};
}

or_reason<bool> read_flag(const json::object& fields, std::string_view name,
                          bool otherwise) {
  const auto* flag = fields.if_contains({name.data(), name.size()});
  if (flag == nullptr)
    return otherwise;
  if (!flag->is_bool())
    return bad_payload{std::string{name} + " is not true or false"};
  return flag->get_bool();
}

or_reason<std::optional<std::uint32_t>>
read_linger(const json::object& fields) {
  using result = std::optional<std::uint32_t>;
  const auto* linger = fields.if_contains("linger_ms");
  if (linger == nullptr)
    return result{};
  const auto* ms = linger->if_int64();
  if (ms == nullptr || *ms < 0 || *ms > 3'600'000)
    return bad_payload{"linger_ms is not a whole number from 0 to 3600000"};
  return result{static_cast<std::uint32_t>(*ms)};
}

/// Puts what was read into its place. @returns why it cannot.
template <class T>
std::optional<bad_payload> put(or_reason<T> read, T& place) {
  if (auto* bad = std::get_if<bad_payload>(&read))
    return std::move(*bad);
  place = std::get<T>(std::move(read));
  return std::nullopt;
}

or_reason<join_wish> read_join(std::string_view payload) {
  auto fields = parse_object(payload.empty() ? "{}" : payload);
  if (!fields)
    return bad_payload{"the payload is not an object, or too deep"};
  join_wish result;
  if (const auto* key = fields->if_contains("key")) {
    auto name = key_of(*key);
    if (!name)
      return bad_payload{"key is not a string or a whole number"};
    result.key = std::move(*name);
  }
  auto bad = put(read_mode(*fields), result.wants_counts);
  if (!bad)
    bad = put(read_linger(*fields), result.linger_ms);
  if (!bad)
    bad = put(read_flag(*fields, "track", !result.wants_counts),
              result.is_tracked);
  if (!bad)
    bad = put(read_flag(*fields, "reasons", false), result.wants_reasons);
  if (!bad)
    bad = put(read_meta_of(*fields, payload), result.meta);
  if (bad)
    return std::move(*bad);
  return result;
}

or_reason<client_meta> read_meta(std::string_view payload) {
  auto fields = parse_object(payload);
  if (!fields)
    return bad_payload{"the payload is not an object, or too deep"};
  return read_meta_of(*fields, payload);
}

or_reason<page_wish> read_page(std::string_view payload) {
  const auto fields = parse_object(payload);
  if (!fields)
    return bad_payload{"the payload is not an object, or too deep"};
  page_wish result;
  if (const auto* after = fields->if_contains("after");
      after != nullptr && !after->is_null()) {
    if (!after->is_string())
      return bad_payload{"after is not a string"};
    result.after = after->get_string();
  }
  if (const auto* limit = fields->if_contains("limit")) {
    const auto* number = limit->if_int64();
    if (number == nullptr || *number < 1 || *number > 1000)
      return bad_payload{"limit is not a whole number from 1 to 1000"};
    result.limit = static_cast<std::size_t>(*number);
  }
  return result;
}

or_reason<range_wish> read_range(std::string_view payload) {
  const auto fields = parse_object(payload);
  if (!fields)
    return bad_payload{"the payload is not an object, or too deep"};
  const auto first = place_of(*fields, "first");
  const auto last = place_of(*fields, "last");
  if (!first || !last)
    return bad_payload{"first and last are not whole numbers from 0 to "
                       "1000000000"};
  if (*first > *last)
    return bad_payload{"first is behind last"};
  return range_wish{*first, *last};
}

std::string with_online_at(const client_meta& meta, std::int64_t unix_s) {
  auto out = meta.json;
  out.pop_back();
  fmt::format_to(std::back_inserter(out), "{}\"online_at\":\"{}\"}}",
                 meta.is_empty ? "" : ",", unix_s);
  return out;
}

bool may_relay(std::string_view event) {
  return !event.starts_with("phx_") && !event.starts_with("presence")
         && event != "access_token" && event != "follow" && event != "unfollow"
         && !event.starts_with("follow:");
}

std::string error_json(std::string_view reason, std::string_view detail) {
  std::string out = "{\"reason\":";
  append_json_string(out, reason);
  if (!detail.empty()) {
    out += ",\"detail\":";
    append_json_string(out, detail);
  }
  return out += '}';
}

} // namespace rollcall::node
