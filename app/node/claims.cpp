#include "app/node/claims.hpp"

#include <rollcall/limits.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::node {

namespace {

namespace json = boost::json;

using problem = std::optional<std::string>;

/// NumericDate of RFC 7519: seconds, with a fraction or not.
std::optional<double> as_date(const json::value& value) {
  if (!value.is_number())
    return std::nullopt;
  // The parser makes no number of what is zero times infinity, as 0e999 is, and
  // such a token would never expire.
  const auto date = value.to_number<double>();
  return std::isnan(date) ? std::nullopt : std::optional{date};
}

problem check_dates(const json::object& claims, double leeway_s, double now_s) {
  if (const auto* exp = claims.if_contains("exp")) {
    const auto date = as_date(*exp);
    if (!date || now_s >= *date + leeway_s)
      return "the token has expired";
  } else {
    return "the token has no exp";
  }
  if (const auto* nbf = claims.if_contains("nbf")) {
    const auto date = as_date(*nbf);
    if (!date || now_s < *date - leeway_s)
      return "the token is not valid yet";
  }
  return std::nullopt;
}

/// When the token ends. A date that no clock here can show is as good as never.
/// @pre `check_dates` was content.
std::int64_t expiry_of(const json::object& claims,
                       const auth_settings& settings) {
  constexpr double last = 7'258'118'400; // In the year 2200.
  const auto date = as_date(claims.at("exp")).value_or(0)
                    + static_cast<double>(settings.leeway.count());
  return static_cast<std::int64_t>(std::min(date, last));
}

bool is_text(const json::value* value, std::string_view expected) {
  return value != nullptr && value->is_string()
         && std::string_view{value->get_string()} == expected;
}

/// `aud` is one string or a list of them.
bool holds_text(const json::value* value, std::string_view expected) {
  if (value == nullptr || !value->is_array())
    return is_text(value, expected);
  const auto& items = value->get_array();
  return std::any_of(items.begin(), items.end(),
                     [&](auto& item) { return is_text(&item, expected); });
}

problem check_parties(const json::object& claims,
                      const auth_settings& settings) {
  if (!settings.audience.empty()
      && !holds_text(claims.if_contains("aud"), settings.audience))
    return "the token is for another audience";
  if (!settings.issuer.empty()
      && !is_text(claims.if_contains("iss"), settings.issuer))
    return "the token is from another issuer";
  return std::nullopt;
}

/// Reads a claim that is a list of patterns; none leaves `out` as it is.
problem read_patterns(const json::object& claims, const std::string& name,
                      std::optional<std::vector<std::string>>& out) {
  const auto* claim = claims.if_contains(name);
  if (claim == nullptr)
    return std::nullopt;
  const auto wrong = "the claim " + name + " is not a list of strings";
  if (!claim->is_array())
    return wrong;
  auto& patterns = out.emplace();
  for (const auto& item : claim->get_array()) {
    if (!item.is_string())
      return wrong;
    patterns.emplace_back(item.get_string());
  }
  return std::nullopt;
}

problem read_linger(const json::object& claims, identity& who) {
  constexpr std::int64_t hour_ms = 3'600'000;
  const auto* claim = claims.if_contains("linger_ms_max");
  if (claim == nullptr)
    return std::nullopt;
  const auto* ms = claim->if_int64();
  if (ms == nullptr || *ms < 0 || *ms > hour_ms)
    return "the claim linger_ms_max is not a whole number from 0 to 3600000";
  who.linger_ms_max = static_cast<std::uint32_t>(*ms);
  return std::nullopt;
}

problem read_rights(const json::object& claims, identity& who) {
  if (auto wrong = read_patterns(claims, "topics", who.topics))
    return wrong;
  std::optional<std::vector<std::string>> follow;
  if (auto wrong = read_patterns(claims, "follow", follow))
    return wrong;
  who.follow = std::move(follow).value_or(std::vector<std::string>{});
  return read_linger(claims, who);
}

} // namespace

std::variant<identity, std::string> check_claims(std::string_view text,
                                                 const auth_settings& settings,
                                                 std::int64_t now_s) {
  boost::system::error_code failed;
  const auto parsed = json::parse({text.data(), text.size()}, failed);
  if (failed || !parsed.is_object())
    return "the claims are not a JSON object";
  const auto& claims = parsed.get_object();
  if (auto wrong
      = check_dates(claims, static_cast<double>(settings.leeway.count()),
                    static_cast<double>(now_s)))
    return *wrong;
  if (auto wrong = check_parties(claims, settings))
    return *wrong;
  identity who;
  who.expires_s = expiry_of(claims, settings);
  if (const auto* sub = claims.if_contains("sub"); sub && sub->is_string())
    who.subject = sub->get_string();
  if (who.subject.empty() || who.subject.size() > limits::key_bytes_max)
    return "the claim sub is not a string of 1 to 255 bytes";
  if (auto wrong = read_rights(claims, who))
    return *wrong;
  return who;
}

} // namespace rollcall::node
