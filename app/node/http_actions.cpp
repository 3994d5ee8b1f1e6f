// The requests that change something.
#include "app/node/follow_payload.hpp"
#include "app/node/http.hpp"
#include "app/node/http_text.hpp"
#include "app/node/unix_time.hpp"
#include <rollcall/error.hpp>

#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rollcall::node {

namespace {

/// Browsers name the page that sends: no foreign one may act here, not even
/// where there is no admin token.
bool is_foreign(const http_request& request) {
  const auto origin = request.headers.find("origin");
  const auto host = request.headers.find("host");
  if (origin == request.headers.end())
    return false;
  const auto scheme_end = origin->second.find("://");
  return host == request.headers.end() || scheme_end == std::string::npos
         || origin->second.substr(scheme_end + 3) != host->second;
}

/// What the caller should not have asked for, or what the node cannot tell.
unsigned status_of(const caf::error& wrong) {
  const auto code = code_of(wrong);
  const bool is_unknown = code == ec::none || code == ec::not_started
                          || code == ec::shard_unavailable;
  return is_unknown ? 503 : 400;
}

} // namespace

std::string_view http_interface::disconnected_user(const std::string& path) {
  constexpr std::string_view before = "/api/users/";
  constexpr std::string_view after = "/disconnect";
  const std::string_view whole{path};
  if (!whole.starts_with(before) || !whole.ends_with(after)
      || whole.size() <= before.size() + after.size())
    return {};
  return whole.substr(before.size(),
                      whole.size() - before.size() - after.size());
}

http_response http_interface::disconnect(const http_request& request) const {
  if (is_foreign(request))
    return make_response(403, "a page of another origin may not do this\n");
  if (sources_.disconnect)
    sources_.disconnect(std::string{disconnected_user(request.path)});
  return make_response(202, "{}\n", json_type);
}

/// It changes nothing, and is a POST for the length of the list.
http_response http_interface::user_status(const http_request& request) const {
  if (is_foreign(request))
    return make_response(403, "a page of another origin may not do this\n");
  auto read = read_follow(request.body);
  if (const auto* bad = std::get_if<bad_payload>(&read))
    return make_response(400, bad->why + "\n");
  auto& [keys, topic_prefix] = std::get<follow_wish>(read);
  const auto online = sources_.who.find_online(keys, topic_prefix);
  if (!online)
    return make_response(status_of(online.error()),
                         describe(online.error()) + "\n");
  std::set<std::string_view> told{online->begin(), online->end()};
  std::vector<std::string> offline;
  for (const auto& key : keys)
    if (told.insert(key).second)
      offline.push_back(key);
  return make_response(200,
                       follow_state_json(*online, offline,
                                         sources_.who.last_seen_many(offline),
                                         unix_time(), topic_prefix)
                           + "\n",
                       json_type);
}

} // namespace rollcall::node
