#include "app/node/http.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

namespace {

using namespace rollcall;
using namespace std::literals;
using namespace rollcall::node;

struct web {
  node_settings settings;
  presence who;

  http_response get(const std::string& path, parameters headers = {},
                    parameters params = {}) const {
    return ask({"GET", path, std::move(params), std::move(headers), {}});
  }

  /// The host is localhost unless said otherwise.
  http_response ask(http_request request) const {
    request.headers.emplace("host", "localhost:4000");
    const http_interface interface {
      {who, [] { return "m 1\n"; }, {}, {}, {}}, settings
    };
    auto answer = interface.answer(request);
    return answer ? *answer : http_response{404, {}, {}, {}};
  }

  void listen_everywhere() {
    settings.gateway.address = "0.0.0.0";
  }

  void set_admin_token() {
    settings.admin.token = "0123456789abcdef";
  }
};

/// With a node behind it.
struct running_web : web {
  running_web() {
    who = *presence::start(system, config{});
  }
  ~running_web() {
    who.stop();
    who = presence{};
  }

  http_response ask_who_is_online(std::string body,
                                  parameters headers = {}) const {
    return ask({"POST",
                "/api/users/status",
                {},
                std::move(headers),
                {},
                std::move(body)});
  }

  caf::actor_system_config options;
  caf::actor_system system{options};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_tests, web)

BOOST_AUTO_TEST_CASE(the_page_is_served_with_a_policy_against_foreign_scripts) {
  const auto page = get("/");
  BOOST_TEST(page.status == 200u);
  BOOST_TEST(page.content_type == "text/html; charset=utf-8");
  BOOST_TEST(page.body.find("<title>Rollcall</title>") != std::string::npos);
  BOOST_TEST(
      page.headers.at("content-security-policy").find("script-src 'self'")
      != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_page_holds_no_script_of_its_own) {
  const auto page = get("/").body;
  BOOST_TEST(page.find("<script>") == std::string::npos);
  BOOST_TEST(page.find("onclick=") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_the_page_needs_is_served_here) {
  for (const auto* path : {"/assets/app.js", "/assets/style.css",
                           "/assets/icon.svg", "/assets/phoenix.mjs"})
    BOOST_TEST(get(path).status == 200u, path);
}

BOOST_AUTO_TEST_CASE(health_is_always_ok) {
  BOOST_TEST(get("/health").status == 200u);
}

BOOST_AUTO_TEST_CASE(ready_follows_the_node) {
  http_interface interface { {presence{}, {}, {}, {}, {}}, settings };
  const http_request ready{"GET", "/ready", {}, {}, {}};
  BOOST_TEST(interface.answer(ready)->status == 503u);
  interface.set_ready(true);
  BOOST_TEST(interface.answer(ready)->status == 200u);
  interface.set_ready(false);
  BOOST_TEST(interface.answer(ready)->status == 503u);
}

BOOST_AUTO_TEST_CASE(a_node_that_its_peers_refuse_is_not_ready_and_says_why) {
  std::string problem = "refused by 10.0.0.2:4100: it has 8 shards";
  http_interface interface {
    {presence{}, {}, {}, [&problem] { return problem; }, {}}, settings
  };
  const http_request ready{"GET", "/ready", {}, {}, {}};
  interface.set_ready(true);
  const auto refused = interface.answer(ready);
  BOOST_TEST(refused->status == 503u);
  BOOST_TEST(refused->body.find(problem) != std::string::npos);
  problem.clear();
  BOOST_TEST(interface.answer(ready)->status == 200u);
}

BOOST_AUTO_TEST_CASE(metrics_are_in_the_format_of_prometheus) {
  const auto metrics = get("/metrics");
  BOOST_TEST(metrics.body == "m 1\n");
  BOOST_TEST(metrics.content_type
             == "text/plain; version=0.0.4; charset=utf-8");
}

BOOST_AUTO_TEST_CASE(unknown_paths_are_left_to_the_gateway) {
  for (const auto* path : {"/nothing", "/api", "/api/", "/api/topics/",
                           "/assets/", "/assets/../main.cpp"})
    BOOST_TEST(get(path).status == 404u, path);
}

BOOST_AUTO_TEST_CASE(only_reading_is_allowed) {
  for (const auto* method : {"POST", "PUT", "DELETE"})
    BOOST_TEST(ask({method, "/health", {}, {}, {}}).status == 405u);
  BOOST_TEST(ask({"HEAD", "/health", {}, {}, {}}).status == 200u);
}

BOOST_AUTO_TEST_CASE(a_user_is_disconnected_by_a_post) {
  std::string whom;
  http_sources sources{
      presence{}, {}, {}, {}, [&whom](const std::string& user) {
        whom = user;
      }};
  const http_interface interface { std::move(sources), settings };
  const auto ask = [&interface](std::string method, parameters headers) {
    return interface
      .answer({std::move(method), "/api/users/ann/b/disconnect", {},
               std::move(headers), {}})
      ->status;
  };
  BOOST_TEST(ask("GET", {}) == 405u);
  BOOST_TEST(ask("POST", {{"host", "localhost:1"}, {"origin", "http://b:1"}})
             == 403u);
  BOOST_TEST(ask("POST", {{"host", "localhost:1"}, {"origin", "null"}})
             == 403u);
  BOOST_TEST(whom.empty());
  BOOST_TEST(
      ask("POST", {{"host", "localhost:1"}, {"origin", "http://localhost:1"}})
      == 202u);
  BOOST_TEST(whom == "ann/b");
}

BOOST_FIXTURE_TEST_CASE(a_post_tells_which_users_are_online, running_web) {
  const auto ask_of = [this](std::string body, parameters headers = {}) {
    return ask_who_is_online(std::move(body), std::move(headers));
  };
  BOOST_TEST(ask_of(R"({"keys":["ann","bob"]})").body
             == R"({"online":[],"offline":["ann","bob"]})"
                "\n");
  BOOST_TEST(get("/api/users/status").status == 405u);
  const auto bad = ask_of("{}");
  BOOST_TEST(bad.status == 400u);
  BOOST_TEST(bad.body == "keys is not a list of strings or whole numbers\n");
  std::string many = R"({"keys":["a")";
  for (int i = 0; i < 1000; ++i)
    many += ",\"a\"";
  BOOST_TEST(ask_of(many + "]}").body
             == "too_many_follows: 1001 keys in one call, 1000 are allowed\n");
  BOOST_TEST(ask_of("{}", {{"origin", "http://b:1"}}).status == 403u);
}

BOOST_FIXTURE_TEST_CASE(a_node_that_cannot_know_who_is_online_says_so,
                        running_web) {
  who.stop();
  const auto answer = ask_who_is_online(R"({"keys":["ann"]})");
  BOOST_TEST(answer.status == 503u);
  BOOST_TEST(answer.body.starts_with("shard_unavailable: Rollcall was stopped"),
             answer.body);
}

BOOST_FIXTURE_TEST_CASE(a_status_of_names_that_cannot_be_is_refused_as_a_follow,
                        running_web) {
  const auto ask_of = [this](std::string body) {
    const auto answer = ask_who_is_online(std::move(body));
    return std::to_string(answer.status) + ' ' + answer.body;
  };
  const auto long_name = std::string(300, 'x');
  for (const auto& keys :
       {R"([""])"s, "[\"" + long_name + "\"]", R"(["a\u0000"])"s})
    BOOST_TEST(ask_of("{\"keys\":" + keys + '}').starts_with("400 invalid_key"),
               keys);
  BOOST_TEST(ask_of(R"({"keys":["a"],"topic_prefix":")" + long_name + "\"}")
                 .starts_with("400 invalid_topic"));
  BOOST_TEST(ask_of(R"({"keys":["a","b","a",5,5]})")
             == "200 {\"online\":[],\"offline\":[\"a\",\"b\",\"5\"]}\n");
}

BOOST_AUTO_TEST_CASE(on_loopback_nothing_is_asked) {
  BOOST_TEST(get("/api/info").status == 200u);
}

BOOST_AUTO_TEST_CASE(beyond_loopback_nobody_is_disconnected_without_token) {
  listen_everywhere();
  set_admin_token();
  BOOST_TEST(ask({"POST", "/api/users/ann/disconnect", {}, {}, {}}).status
             == 401u);
}

BOOST_AUTO_TEST_CASE(beyond_loopback_the_page_and_api_are_closed_at_first) {
  listen_everywhere();
  for (const auto* path : {"/", "/api/info", "/api/topics", "/api/topics/a"}) {
    const auto answer = get(path);
    BOOST_TEST(answer.status == 403u, path);
    BOOST_TEST(answer.body.find("rollcall.admin.token") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(with_auth_the_page_and_api_are_closed_at_first) {
  settings.auth.hs256_secret = std::string(32, 's');
  BOOST_TEST(get("/").status == 403u);
}

BOOST_AUTO_TEST_CASE(the_admin_token_opens_the_page_and_api) {
  listen_everywhere();
  set_admin_token();
  BOOST_TEST(get("/").status == 401u);
  BOOST_TEST(get("/", {}, {{"token", "0123456789abcdef"}}).status == 200u);
  BOOST_TEST(
      get("/api/info", {{"authorization", "bearer 0123456789abcdef"}}).status
      == 200u);
}

BOOST_AUTO_TEST_CASE(another_token_does_not_open_them) {
  listen_everywhere();
  set_admin_token();
  for (const auto* token : {"", "0123456789abcdeF", "0123456789abcdef0"}) {
    BOOST_TEST(get("/", {}, {{"token", token}}).status == 401u);
    BOOST_TEST(
        get("/", {{"authorization", std::string{"Bearer "} + token}}).status
        == 401u);
  }
}

BOOST_AUTO_TEST_CASE(health_metrics_and_assets_need_no_token) {
  listen_everywhere();
  for (const auto* path : {"/health", "/metrics", "/assets/app.js"})
    BOOST_TEST(get(path).status == 200u, path);
}

// DNS rebinding: the name of a foreign page leads to the loopback.
BOOST_AUTO_TEST_CASE(without_a_token_only_loopback_names_are_served) {
  for (const auto* path : {"/", "/api/info", "/api/topics", "/api/cluster"}) {
    for (const auto* host : {"evil.example:4000", "10.0.0.7", "a.localhost.org",
                             "localhost.", "127.0.0.1.evil.example", ""})
      BOOST_TEST(get(path, {{"host", host}}).status
                     == (host == std::string{"localhost."} ? 200u : 403u),
                 path << " " << host);
    for (const auto* host : {"localhost", "LOCALHOST:1", "127.0.0.1:4000",
                             "[::1]:4000", "page.localhost"})
      BOOST_TEST(get(path, {{"host", host}}).status == 200u, host);
  }
  BOOST_TEST(get("/health", {{"host", "evil.example"}}).status == 200u);
}

BOOST_AUTO_TEST_CASE(with_a_token_configured_names_and_addresses_are_served) {
  listen_everywhere();
  set_admin_token();
  settings.gateway.hosts = {"rollcall.example"};
  const auto status = [this](const std::string& host) {
    return get("/api/info", {{"host", host}}, {{"token", "0123456789abcdef"}})
        .status;
  };
  BOOST_TEST(status("rollcall.example") == 200u);
  BOOST_TEST(status("10.0.0.7:4000") == 200u);
  BOOST_TEST(status("localhost") == 200u);
  BOOST_TEST(status("evil.example") == 403u);
}

BOOST_AUTO_TEST_CASE(a_page_of_another_site_gets_nothing_of_the_api) {
  const parameters cross{{"sec-fetch-site", "cross-site"}};
  const parameters same{{"sec-fetch-site", "same-site"}};
  const parameters own{{"sec-fetch-site", "same-origin"}};
  BOOST_TEST(get("/api/topics", cross).status == 403u);
  BOOST_TEST(get("/api/topics", same).status == 200u);
  BOOST_TEST(get("/api/topics", own).status == 200u);
  BOOST_TEST(get("/", cross).status == 200u); // Somebody followed a link.
  const auto post = [this](const parameters& headers) {
    return ask({"POST", "/api/users/ann/disconnect", {}, headers, {}}).status;
  };
  BOOST_TEST(post(cross) == 403u);
  BOOST_TEST(post(same) == 403u);
  BOOST_TEST(post(own) == 202u);
}

BOOST_AUTO_TEST_CASE(a_page_size_out_of_bounds_is_refused) {
  for (const auto* limit : {"0", "1001", "x"})
    BOOST_TEST(get("/api/topics", {}, {{"limit", limit}}).status == 400u);
}

BOOST_AUTO_TEST_CASE(the_api_tells_where_the_socket_is) {
  BOOST_TEST(get("/api/info").body.find(R"("socket":"/socket","auth":false)")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(guesses_of_the_admin_token_are_limited_and_counted) {
  set_admin_token();
  listen_everywhere();
  const http_interface interface { {presence{}, {}, {}, {}, {}}, settings };
  const auto status_for = [&](const char* token, const char* address) {
    const http_request request{"GET",
                               "/api/info",
                               {{"token", token}},
                               {{"host", "localhost"}},
                               address};
    return interface.answer(request)->status;
  };
  unsigned status = 401;
  int guesses = 0;
  for (; status == 401 && guesses < 1000; ++guesses)
    status = status_for("a guess", "192.0.2.1");
  BOOST_TEST(status == 429u);
  BOOST_TEST(guesses < 50);
  // The right one is not looked at either, but from elsewhere it is.
  BOOST_TEST(status_for("0123456789abcdef", "192.0.2.1") == 429u);
  BOOST_TEST(status_for("0123456789abcdef", "192.0.2.2") == 200u);
  // Who gives none has not guessed.
  BOOST_TEST(status_for("", "192.0.2.1") == 401u);
  BOOST_TEST(interface.refusals().too_often == 2u);
  BOOST_TEST(interface.refusals().wrong_token == std::uint64_t(guesses - 1));
}

BOOST_AUTO_TEST_SUITE_END()
