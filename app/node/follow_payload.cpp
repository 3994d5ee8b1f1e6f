#include "app/node/follow_payload.hpp"

#include "app/node/payload_key.hpp"
#include <rollcall/presence_json.hpp>

#include <boost/json.hpp>

#include <optional>
#include <span>
#include <utility>

namespace rollcall::node {

namespace {

namespace json = boost::json;

constexpr std::size_t follow_depth_max = 2;

std::optional<std::vector<std::string>> read_keys(const json::value* keys) {
  if (keys == nullptr || !keys->is_array())
    return std::nullopt;
  std::vector<std::string> result;
  for (const auto& key : keys->get_array()) {
    auto name = key_of(key);
    if (!name)
      return std::nullopt;
    result.push_back(std::move(*name));
  }
  return result;
}

void append_list(std::string& out, std::string_view name,
                 std::span<const std::string> keys) {
  out += out.ends_with('{') ? "\"" : ",\"";
  out += name;
  out += "\":[";
  for (const auto& key : keys) {
    if (!out.ends_with('['))
      out += ',';
    append_json_string(out, key);
  }
  out += ']';
}

void append_times(std::string& out, const std::vector<std::string>& keys,
                  const last_seen_ages& seen, std::chrono::milliseconds now) {
  std::string times;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!seen[i])
      continue;
    times += times.empty() ? '{' : ',';
    append_json_string(times, keys[i]);
    times += ':';
    times += std::to_string((now - *seen[i]).count());
  }
  if (!times.empty())
    out += ",\"last_seen\":" + times + '}';
}

void append_prefix(std::string& out, std::string_view topic_prefix) {
  if (topic_prefix.empty())
    return;
  out += ",\"topic_prefix\":";
  append_json_string(out, topic_prefix);
}

std::string keys_json(std::string_view first_name,
                      std::span<const std::string> first,
                      std::string_view second_name,
                      std::span<const std::string> second) {
  std::string out = "{";
  append_list(out, first_name, first);
  append_list(out, second_name, second);
  return out;
}

} // namespace

or_reason<follow_wish> read_follow(std::string_view payload) {
  json::parse_options options;
  options.max_depth = follow_depth_max;
  boost::system::error_code failed;
  const auto value
      = json::parse({payload.data(), payload.size()}, failed, {}, options);
  if (failed || !value.is_object())
    return bad_payload{"the payload is not an object, or too deep"};
  const auto& fields = value.get_object();
  auto keys = read_keys(fields.if_contains("keys"));
  if (!keys)
    return bad_payload{"keys is not a list of strings or whole numbers"};
  follow_wish result{std::move(*keys), {}};
  if (const auto* prefix = fields.if_contains("topic_prefix")) {
    if (!prefix->is_string())
      return bad_payload{"topic_prefix is not a string"};
    result.topic_prefix = prefix->get_string();
  }
  return result;
}

std::string follow_state_json(const std::vector<std::string>& online,
                              const std::vector<std::string>& offline,
                              const last_seen_ages& seen,
                              std::chrono::milliseconds now,
                              std::string_view topic_prefix) {
  auto out = keys_json("online", online, "offline", offline);
  append_times(out, offline, seen, now);
  append_prefix(out, topic_prefix);
  return out += '}';
}

std::string follow_diff_json(std::string_view key, bool is_online,
                             std::string_view topic_prefix) {
  const std::string one{key};
  const std::span<const std::string> told{&one, 1};
  const std::span<const std::string> none;
  auto out = keys_json("came_online", is_online ? told : none, "went_offline",
                       is_online ? none : told);
  append_prefix(out, topic_prefix);
  return out += '}';
}

} // namespace rollcall::node
