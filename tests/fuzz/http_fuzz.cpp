// Feeds our own readers of HTTP: a request target, then the values of Origin,
// Host and Sec-WebSocket-Protocol, an origin as it is configured, and headers,
// a line each.
#include "app/gateway/handshake.hpp"
#include "app/gateway/text.hpp"
#include "app/node/http_text.hpp"
#include "tests/fuzz/require.hpp"
#include "text/pattern.hpp"
#include "text/utf8.hpp"

#include <algorithm>

using namespace rollcall;
using fuzz::cut;
using fuzz::require;

namespace {

void check_target(std::string_view text) {
  auto target = channels::parse_target(text);
  require(is_utf8(target.path));
  for (const auto& [name, value] : target.params)
    require(is_utf8(name) && is_utf8(value));
  static_cast<void>(channels::is_supported_version(target.params));
  const channels::path_pattern pattern{"/socket/:room/websocket"};
  if (pattern.match(target.path, target.params))
    require(target.params.contains("room"));
  static_cast<void>(matches_pattern("room:*", target.path));
  static_cast<void>(node::read_limit(text, 1000));
}

void check_origin(std::string_view origin, std::string_view host,
                  std::string_view configured) {
  const auto hosts = channels::host_policy::parse({std::string{configured}})
                         .value_or(channels::host_policy{});
  const auto same_host = channels::origin_policy::parse({"same-host"});
  require(same_host.has_value());
  static_cast<void>(same_host->allows(std::string{origin}, host, hosts));
  const auto own = channels::origin_policy::parse(
      {std::string{configured}, "//*.a.example"});
  if (!own)
    return;
  static_cast<void>(own->allows(std::string{origin}, host, hosts));
  // No origin: not a browser.
  require(own->allows(std::nullopt, host, hosts));
}

void check_subprotocol(std::string_view offered) {
  const std::vector<std::string> configured{"phoenix", "other"};
  for (const auto takes_token : {false, true}) {
    const auto choice = channels::choose_subprotocol(std::string{offered},
                                                     configured, takes_token);
    require(choice.echoed.empty()
            || std::find(configured.begin(), configured.end(), choice.echoed)
                   != configured.end());
    require(takes_token || !choice.token);
  }
  static_cast<void>(channels::base64_decode(offered));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  auto text = fuzz::as_text(data, size);
  check_target(cut(text, '\n'));
  const auto origin = cut(text, '\n');
  const auto host = cut(text, '\n');
  check_subprotocol(cut(text, '\n'));
  check_origin(origin, host, cut(text, '\n'));
  channels::fields headers;
  while (!text.empty()) {
    auto line = cut(text, '\n');
    const auto name = channels::to_lower(cut(line, ':'));
    headers[name] = channels::trim(line);
  }
  static_cast<void>(channels::upgrade_problem(headers, "GET", 11));
  return 0;
}
