#include "app/node/http.hpp"

#include "app/node/auth.hpp"
#include "app/node/config_file.hpp"
#include "app/node/http_text.hpp"
#include "app/node/web_files.hpp"
#include <rollcall/presence_json.hpp>
#include <rollcall/version.hpp>

#include <boost/beast/core/string.hpp>
#include <fmt/format.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace rollcall::node {

namespace {

constexpr std::string_view topic_prefix = "/api/topics/";
constexpr std::string_view user_status_path = "/api/users/status";
constexpr std::size_t page_size = 100;

/// Nothing from elsewhere, nothing inline: what a topic or a meta holds can
/// never run as a script.
constexpr const char* page_policy
    = "default-src 'none'; script-src 'self'; style-src 'self'; img-src "
      "'self'; "
      "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; "
      "frame-ancestors 'none'";

std::string_view value_of(const parameters& all, std::string_view name) {
  const auto found = all.find(name);
  return found == all.end() ? std::string_view{} : found->second;
}

std::string_view given_token(const http_request& request) {
  constexpr std::string_view scheme = "bearer ";
  const auto header = value_of(request.headers, "authorization");
  // The name of a scheme has no case (RFC 9110).
  return boost::beast::iequals(header.substr(0, scheme.size()), scheme)
             ? header.substr(scheme.size())
             : value_of(request.params, "token");
}

std::optional<std::size_t> limit_of(const http_request& request) {
  const auto text = value_of(request.params, "limit");
  return text.empty() ? std::optional{page_size}
                      : read_limit(text, http_interface::page_size_max);
}

http_response bad_limit() {
  return make_response(400, fmt::format("limit is not a whole number from 1 to "
                                        "{}\n",
                                        http_interface::page_size_max));
}

http_response ask_for_token() {
  auto refused = make_response(
      401, "Give the admin token: /?token=TOKEN, or the header Authorization: "
           "Bearer TOKEN. It is the setting rollcall.admin.token.\n");
  refused.headers.emplace("www-authenticate", "Bearer");
  return refused;
}

http_response too_many_guesses(guess_limit::clock::duration wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  auto refused = make_response(
      429, fmt::format("Too many wrong admin tokens. Try again in {} s.\n",
                       seconds));
  refused.headers.emplace("retry-after", std::to_string(seconds));
  return refused;
}

} // namespace

http_interface::http_interface(http_sources sources,
                               const node_settings& settings)
    : sources_{std::move(sources)},
      is_admin_required_{!is_loopback(settings.gateway.address)
                         || settings.auth.is_enabled()},
      is_auth_required_{settings.auth.is_enabled()},
      admin_token_{settings.admin.token},
      hosts_{channels::host_policy::parse(settings.gateway.hosts)
                 .value_or(channels::host_policy{})},
      socket_path_{settings.gateway.path},
      node_name_{settings.runtime.node_name} {
}

std::optional<http_response>
http_interface::answer(const http_request& request) const {
  const auto found = find(request.path);
  if (found == nullptr)
    return std::nullopt;
  if (auto refused = refuse_method(request))
    return refused;
  const auto is_admin_path
      = request.path == "/" || request.path.starts_with("/api/");
  if (is_admin_path) {
    if (auto refused = refuse_foreign(request))
      return refused;
    if (auto refused = refuse_unless_admin(request))
      return refused;
  }
  return (this->*found)(request);
}

http_interface::handler http_interface::find(const std::string& path) const {
  static const std::pair<std::string_view, handler> exact[] = {
      {"/", &http_interface::page},
      {"/health", &http_interface::health},
      {"/ready", &http_interface::ready},
      {"/metrics", &http_interface::metrics},
      {"/api/info", &http_interface::info},
      {"/api/cluster", &http_interface::cluster},
      {"/api/topics", &http_interface::topics},
      {user_status_path, &http_interface::user_status},
  };
  for (const auto& [name, answer] : exact)
    if (name == path)
      return answer;
  if (path.starts_with(topic_prefix) && path.size() > topic_prefix.size())
    return &http_interface::topic;
  if (!disconnected_user(path).empty())
    return &http_interface::disconnect;
  return find_web_file(path) != nullptr ? &http_interface::asset : nullptr;
}

bool http_interface::is_post(const std::string& path) {
  return path == user_status_path || !disconnected_user(path).empty();
}

std::optional<http_response>
http_interface::refuse_method(const http_request& request) {
  const bool is_action = is_post(request.path);
  const bool is_read = request.method == "GET" || request.method == "HEAD";
  if (is_action ? request.method == "POST" : is_read)
    return std::nullopt;
  const std::string allowed = is_action ? "POST" : "GET, HEAD";
  auto refused = make_response(405, "allowed: " + allowed + "\n");
  refused.headers.emplace("allow", allowed);
  return refused;
}

std::optional<http_response>
http_interface::refuse_unless_admin(const http_request& request) const {
  if (!is_admin_required_)
    return std::nullopt;
  if (admin_token_.empty())
    return make_response(
        403,
        "The page and /api are closed, since this node is not on loopback or "
        "has auth, and no admin token is set.\nSet rollcall.admin.token, or "
        "rollcall.admin.token-file, then open /?token=TOKEN or send the "
        "header Authorization: Bearer TOKEN.\n");
  const auto token = given_token(request);
  if (!token.empty())
    return refuse_token(request, token);
  return ask_for_token();
}

std::optional<http_response>
http_interface::refuse_token(const http_request& request,
                             std::string_view token) const {
  const auto now = guess_limit::clock::now();
  const auto& from = request.remote_address;
  const std::lock_guard lock{guesses_mutex_};
  if (const auto wait = guesses_.wait(from, now); wait > wait.zero()) {
    ++refusals_.too_often;
    log_line(log_level::warning,
             "an admin token from {} is not looked at: too many were wrong",
             from);
    return too_many_guesses(wait);
  }
  if (is_same_secret(token, admin_token_)) {
    guesses_.was_right(from, now);
    return std::nullopt;
  }
  guesses_.was_wrong(from, now);
  ++refusals_.wrong_token;
  log_line(log_level::warning, "wrong admin token from {}", from);
  return ask_for_token();
}

admin_refusals http_interface::refusals() const {
  const std::lock_guard lock{guesses_mutex_};
  return refusals_;
}

/// A page of somebody else, in the browser of one who may see ours: its name
/// may lead to this address (DNS rebinding), and without a token nothing else
/// would tell it from ours.
std::optional<http_response>
http_interface::refuse_foreign(const http_request& request) const {
  const auto host = value_of(request.headers, "host");
  if (!is_admin_required_ && !channels::is_loopback_host(host))
    return make_response(403, "Without an admin token the page and /api are "
                              "served for localhost only. Open "
                              "http://localhost, or set "
                              "rollcall.admin.token.\n");
  if (!hosts_.allows(host))
    return make_response(403, "This host is not one of "
                              "rollcall.gateway.hosts.\n");
  const auto site = value_of(request.headers, "sec-fetch-site");
  if (request.path != "/"
      && (site == "cross-site"
          || (site == "same-site" && request.method == "POST")))
    return make_response(403, "a page of another site may not do this\n");
  return std::nullopt;
}

http_response http_interface::page(const http_request& request) const {
  auto result = asset(request);
  result.headers.emplace("content-security-policy", page_policy);
  return result;
}

http_response http_interface::asset(const http_request& request) const {
  const auto& file = *find_web_file(request.path);
  return make_response(200, std::string{file.bytes},
                       std::string{file.content_type});
}

http_response http_interface::health(const http_request&) const {
  return make_response(200, "ok\n");
}

http_response http_interface::ready(const http_request&) const {
  if (!is_ready_.load(std::memory_order_relaxed))
    return make_response(503, "not ready\n");
  if (sources_.cluster_problem)
    if (const auto problem = sources_.cluster_problem(); !problem.empty())
      return make_response(503, "not ready: " + problem + "\n");
  return make_response(200, "ready\n");
}

http_response http_interface::metrics(const http_request&) const {
  return make_response(200, sources_.metrics(),
                       "text/plain; version=0.0.4; charset=utf-8");
}

http_response http_interface::info(const http_request&) const {
  std::string out = "{\"node\":";
  append_json_string(out, node_name_);
  out += ",\"version\":\"" ROLLCALL_VERSION_STRING "\",\"socket\":";
  append_json_string(out, socket_path_);
  out += fmt::format(",\"auth\":{}}}\n", is_auth_required_);
  return make_response(200, std::move(out), json_type);
}

http_response http_interface::cluster(const http_request&) const {
  return make_response(
      200, sources_.cluster ? sources_.cluster() : "{\"peers\":[]}\n",
      json_type);
}

http_response http_interface::topics(const http_request& request) const {
  const auto limit = limit_of(request);
  if (!limit)
    return bad_limit();
  const auto after = value_of(request.params, "after");
  return make_response(
      200, topics_json(sources_.who.topics(*limit, after), *limit), json_type);
}

http_response http_interface::topic(const http_request& request) const {
  const auto limit = limit_of(request);
  if (!limit)
    return bad_limit();
  const auto name = request.path.substr(topic_prefix.size());
  return make_response(
      200,
      topic_json(name, sources_.who.page(name, *limit,
                                         value_of(request.params, "after"))),
      json_type);
}

} // namespace rollcall::node
