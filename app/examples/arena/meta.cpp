#include "app/examples/arena/meta.hpp"

#include "app/examples/arena/nim.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace arena {

namespace {

namespace json = boost::json;

constexpr std::string_view status_names[] = {"away", "idle", "playing"};

std::optional<player_status> status_named(std::string_view name) {
  const auto* at
      = std::find(std::begin(status_names), std::end(status_names), name);
  if (at == std::end(status_names))
    return std::nullopt;
  return static_cast<player_status>(at - std::begin(status_names));
}

/// The object that a text is, if it is one.
std::optional<json::object> read_object(std::string_view text) {
  boost::system::error_code wrong;
  auto value = json::parse({text.data(), text.size()}, wrong);
  if (wrong || !value.is_object())
    return std::nullopt;
  return std::move(value.as_object());
}

/// A member of type string; empty if there is none.
std::string_view text_in(const json::object& from, std::string_view name) {
  const auto* value = from.if_contains({name.data(), name.size()});
  if (value == nullptr || !value->is_string())
    return {};
  const auto& text = value->get_string();
  return {text.data(), text.size()};
}

/// The moves that the rules know, up to the first that they do not.
std::vector<int> moves_in(const json::object& from) {
  std::vector<int> result;
  const auto* value = from.if_contains("moves");
  if (value == nullptr || !value->is_array())
    return result;
  for (const auto& each : value->get_array()) {
    const auto* stones = each.if_int64();
    if (stones == nullptr || *stones < 1 || *stones > take_max
        || result.size() == stones_at_start)
      break;
    result.push_back(static_cast<int>(*stones));
  }
  return result;
}

std::string write(const json::object& value) {
  return json::serialize(value);
}

} // namespace

std::string_view to_string(player_status status) noexcept {
  return status_names[static_cast<std::size_t>(status)];
}

std::string to_json(const lobby_meta& meta) {
  const auto status = to_string(meta.status);
  json::object result;
  result["status"] = json::string_view{status.data(), status.size()};
  result["rating"] = meta.rating;
  if (!meta.match.empty())
    result["match"] = meta.match;
  return write(result);
}

std::optional<lobby_meta> read_lobby_meta(std::string_view text) {
  const auto object = read_object(text);
  if (!object)
    return std::nullopt;
  const auto status = status_named(text_in(*object, "status"));
  const auto* rating = object->if_contains("rating");
  if (!status || rating == nullptr || !rating->is_int64())
    return std::nullopt;
  return lobby_meta{*status, static_cast<int>(rating->get_int64()),
                    std::string{text_in(*object, "match")}};
}

std::string to_json(const match_meta& meta) {
  json::object result;
  result["first"] = meta.is_first;
  result["moves"] = json::array(meta.moves.begin(), meta.moves.end());
  return write(result);
}

std::optional<match_meta> read_match_meta(std::string_view text) {
  const auto object = read_object(text);
  if (!object)
    return std::nullopt;
  const auto* is_first = object->if_contains("first");
  if (is_first == nullptr || !is_first->is_bool())
    return std::nullopt;
  return match_meta{is_first->get_bool(), moves_in(*object)};
}

std::string to_json(const said& words) {
  json::object result;
  result["name"] = words.name;
  result["text"] = words.text;
  return write(result);
}

std::optional<said> read_said(std::string_view text) {
  const auto object = read_object(text);
  if (!object)
    return std::nullopt;
  return said{std::string{text_in(*object, "name")},
              std::string{text_in(*object, "text")}};
}

} // namespace arena
