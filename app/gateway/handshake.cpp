#include "app/gateway/handshake.hpp"

#include "app/gateway/text.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::channels {

namespace {

constexpr std::string_view token_prefix = "base64url.bearer.phx.";

bool add_pair(std::string_view pair, fields& params) {
  if (pair.empty())
    return true;
  const auto equals = pair.find('=');
  auto name = url_decode(pair.substr(0, equals), true);
  auto value = equals == std::string_view::npos
                   ? std::optional{std::string{}}
                   : url_decode(pair.substr(equals + 1), true);
  if (!name || !value)
    return false;
  params[std::move(*name)] = std::move(*value);
  return true;
}

bool has_token(const fields& headers, std::string_view name,
               std::string_view wanted) {
  const auto found = headers.find(name);
  if (found == headers.end())
    return false;
  const auto parts = split(found->second, ',');
  return std::any_of(parts.begin(), parts.end(), [wanted](auto part) {
    return to_lower(trim(part)) == wanted;
  });
}

/// The key must be 16 bytes in base64.
bool is_valid_key(const fields& headers) {
  const auto found = headers.find("sec-websocket-key");
  if (found == headers.end())
    return false;
  const auto bytes = base64_decode(found->second);
  return bytes && bytes->size() == 16;
}

} // namespace

target parse_target(std::string_view text) {
  text = text.substr(0, text.find('#'));
  const auto mark = text.find('?');
  auto path = url_decode(text.substr(0, mark), false);
  target result;
  result.is_valid = path.has_value();
  result.path = std::move(path).value_or(std::string{});
  if (mark != std::string_view::npos)
    for (const auto pair : split(text.substr(mark + 1), '&'))
      result.is_valid &= add_pair(pair, result.params);
  return result;
}

path_pattern::path_pattern(std::string_view pattern) {
  for (const auto segment : split(pattern, '/'))
    if (!segment.empty())
      segments_.emplace_back(segment);
}

bool path_pattern::match(std::string_view path, fields& params) const {
  std::vector<std::string_view> parts;
  for (const auto segment : split(path, '/'))
    if (!segment.empty())
      parts.push_back(segment);
  if (parts.size() != segments_.size())
    return false;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (segments_[i].front() != ':' && segments_[i] != parts[i])
      return false;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (segments_[i].front() == ':')
      params[segments_[i].substr(1)] = std::string{parts[i]};
  return true;
}

bool is_supported_version(const fields& params) {
  const auto found = params.find("vsn");
  if (found == params.end())
    return false; // Means 1.0.0.
  auto version = std::string_view{found->second};
  if (const auto build = version.find('+'); build != std::string_view::npos) {
    if (build + 1 == version.size())
      return false;
    version = version.substr(0, build);
  }
  if (!version.starts_with("2.0."))
    return false;
  const auto patch = version.substr(4);
  const bool has_leading_zero = patch.size() > 1 && patch[0] == '0';
  return !patch.empty() && !has_leading_zero
         && std::all_of(patch.begin(), patch.end(), is_digit);
}

subprotocol_choice choose_subprotocol(const std::optional<std::string>& offered,
                                      std::vector<std::string> configured,
                                      bool takes_token) {
  subprotocol_choice result;
  std::vector<std::string> offers;
  const auto header = offered.value_or("");
  for (const auto part : split(header, ','))
    if (const auto name = trim(part); !name.empty())
      offers.emplace_back(name);
  if (takes_token) {
    configured.emplace_back("phoenix");
    const auto found
        = std::find_if(offers.begin(), offers.end(), [](const auto& offer) {
            return offer.starts_with(token_prefix);
          });
    if (found != offers.end()) {
      result.token = base64_decode(found->substr(token_prefix.size()));
      if (!result.token)
        return {false, {}, {}};
      offers.erase(found);
    }
  }
  if (configured.empty() || offers.empty())
    return result;
  const auto choice = std::find_first_of(configured.begin(), configured.end(),
                                         offers.begin(), offers.end());
  if (choice == configured.end())
    return {false, {}, {}};
  result.echoed = *choice;
  return result;
}

std::string upgrade_problem(const fields& headers, std::string_view method,
                            unsigned http_version) {
  if (method != "GET" || http_version < 11)
    return "the request must be a GET of HTTP/1.1";
  if (!headers.contains("host"))
    return "'host' header is absent";
  if (!has_token(headers, "connection", "upgrade"))
    return "'connection' header must contain 'upgrade'";
  if (!has_token(headers, "upgrade", "websocket"))
    return "'upgrade' header must contain 'websocket'";
  if (!is_valid_key(headers))
    return "'sec-websocket-key' header must be 16 bytes in base64";
  const auto version = headers.find("sec-websocket-version");
  if (version == headers.end() || trim(version->second) != "13")
    return "'sec-websocket-version' header must be '13'";
  return {};
}

} // namespace rollcall::channels
