#include "app/node/config_file.hpp"
#include "tests/support/temporary_file.hpp"

#include <caf/config_value.hpp>

#include <boost/test/unit_test.hpp>

#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace rollcall::node;

struct loaded {
  node_config config;
  std::string wrong;

  loaded(const std::string& file, const std::vector<std::string>& arguments) {
    std::istringstream in{file};
    wrong = config.load(arguments, in).value_or("");
  }
};

std::string problem(const std::string& file,
                    const std::vector<std::string>& arguments = {}) {
  return loaded{file, arguments}.wrong;
}

std::string argument_problem(const std::string& argument) {
  return problem("", {argument});
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_file_tests)

BOOST_AUTO_TEST_CASE(nothing_set_gives_the_defaults) {
  const loaded none{"", {}};
  BOOST_TEST(none.wrong == "");
  BOOST_TEST(none.config.settings.gateway.port == 4000);
  BOOST_TEST(none.config.settings.gateway.address == "127.0.0.1");
  BOOST_TEST(none.config.settings.channel.relay);
}

BOOST_AUTO_TEST_CASE(a_file_sets_keys_of_its_sections) {
  const loaded file{R"(
; a comment
[rollcall]
node-name="a@b"
diff-window-ms=0
[rollcall.gateway]
port=4001
origins=["https://a.example", "//*.b.example"]
[rollcall.channel]
relay=false
patterns="room:*"
)",
                    {}};
  const auto& settings = file.config.settings;
  BOOST_TEST(file.wrong == "");
  BOOST_TEST(settings.runtime.node_name == "a@b");
  BOOST_TEST(settings.runtime.diff_window.count() == 0);
  BOOST_TEST(settings.gateway.port == 4001);
  BOOST_TEST(settings.gateway.origins.size() == 2u);
  BOOST_TEST(!settings.channel.relay);
  BOOST_TEST(settings.channel.patterns.front() == "room:*");
}

BOOST_AUTO_TEST_CASE(rules_for_single_sessions_are_patterns_and_policies) {
  for (const auto& read :
       {loaded{"[rollcall]\nsingle-session=[\"a:*=newest\",\"b=c=oldest\"]\n",
               {}},
        loaded{"", {"--rollcall.single-session=a:*=newest,b=c=oldest"}}}) {
    BOOST_TEST(read.wrong == "");
    const auto& rules = read.config.settings.runtime.single_session;
    BOOST_REQUIRE(rules.size() == 2u);
    BOOST_TEST(rules[0].pattern == "a:*");
    BOOST_TEST((rules[0].policy == rollcall::session_policy::newest));
    BOOST_TEST(rules[1].pattern == "b=c");
    BOOST_TEST((rules[1].policy == rollcall::session_policy::oldest));
  }
}

BOOST_AUTO_TEST_CASE(a_bad_rule_for_single_sessions_is_refused) {
  for (const auto* bad : {"arena", "arena=", "=newest", "arena=latest",
                          "a*b=newest", "a=newest,a=oldest"})
    BOOST_TEST(argument_problem("--rollcall.single-session=" + std::string{bad})
               == "rollcall.single-session = " + std::string{bad}
                      + " is not allowed; allowed: a list of 0 to 100 strings "
                        "PATTERN=newest or PATTERN=oldest; a pattern is a "
                        "topic, or a prefix and * at its end, and stands there "
                        "once");
}

BOOST_AUTO_TEST_CASE(the_command_line_wins_over_the_file) {
  const loaded both{"[rollcall]\nshards=2\n", {"--rollcall.shards=3"}};
  BOOST_TEST(both.wrong == "");
  BOOST_TEST(both.config.settings.runtime.shard_count == 3);
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_refused_and_the_nearest_is_named) {
  BOOST_TEST(problem("[rollcall]\nshard=2\n")
             == "unknown setting rollcall.shard; did you mean "
                "rollcall.shards? --help lists all");
  BOOST_TEST(argument_problem("--rollcall.gateway.prot=1")
             == "unknown setting rollcall.gateway.prot; did you mean "
                "rollcall.gateway.port? --help lists all");
}

BOOST_AUTO_TEST_CASE(a_value_out_of_bounds_is_refused_with_the_bounds) {
  BOOST_TEST(problem("[rollcall]\nshards=257\n")
             == "rollcall.shards = 257 is not allowed; allowed: shards, 1 to "
                "256");
  BOOST_TEST(argument_problem("--rollcall.gateway.port=65536")
             == "rollcall.gateway.port = 65536 is not allowed; allowed: port, "
                "0 to 65535");
  BOOST_TEST(problem("", {"--rollcall.shards=1"}) == "");
  BOOST_TEST(problem("", {"--rollcall.shards=256"}) == "");
}

BOOST_AUTO_TEST_CASE(a_value_of_another_kind_is_refused) {
  BOOST_TEST(problem("[rollcall]\nshards=\"4\"\n")
             == "rollcall.shards = \"4\" is not allowed; allowed: shards, 1 to "
                "256");
  BOOST_TEST(argument_problem("--rollcall.shards=four")
             == "rollcall.shards = four is not allowed; allowed: shards, 1 to "
                "256");
  BOOST_TEST(argument_problem("--rollcall.channel.relay=yes")
             == "rollcall.channel.relay = yes is not allowed; allowed: true or "
                "false");
  BOOST_TEST(problem("[rollcall.channel]\npatterns=[1]\n") != "");
}

BOOST_AUTO_TEST_CASE(a_log_level_is_one_of_four) {
  const loaded quiet{"", {"--rollcall.log.level=warning"}};
  BOOST_TEST((quiet.config.settings.level == rollcall::log_level::warning));
  BOOST_TEST(argument_problem("--rollcall.log.level=loud")
             == "rollcall.log.level = loud is not allowed; allowed: \"debug\", "
                "\"info\", \"warning\" or \"error\"");
}

BOOST_AUTO_TEST_CASE(an_argument_without_a_value_says_how_to_give_one) {
  BOOST_TEST(argument_problem("--rollcall.shards")
             == "rollcall.shards has no value; give it as "
                "--rollcall.shards=VALUE; allowed: shards, 1 to 256");
  BOOST_TEST(argument_problem("--rollcall.channel.relay") == "");
}

BOOST_AUTO_TEST_CASE(unknown_arguments_are_refused) {
  for (const auto* argument : {"--bogus", "start", "-x", "--rollcall"})
    BOOST_TEST(argument_problem(argument) != "", argument);
}

BOOST_AUTO_TEST_CASE(settings_of_caf_are_taken_and_its_unknown_keys_refused) {
  const loaded known{"[scheduler]\nmax-threads=3\n",
                     {"--scheduler.max-throughput=7"}};
  BOOST_TEST(known.wrong == "");
  BOOST_TEST(
      caf::get_or(known.config, "scheduler.max-throughput", std::size_t{0})
      == 7u);
  BOOST_TEST(problem("[scheduler]\nmax-thread=3\n")
             == "unknown setting scheduler.max-thread; allowed: the keys "
                "that --help lists, and those of CAF");
  BOOST_TEST(argument_problem("--scheduler.bogus=1") != "");
  BOOST_TEST(problem("[openssl]\nbogus=3\n") != "");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_config_file_is_refused) {
  BOOST_TEST(problem("{\"rollcall\": 1}").find("cannot be read")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_named) {
  node_config config;
  BOOST_TEST(
      config.load({"--config-file=/nonexistent.conf"}).value_or("")
      == "cannot read the file --config-file=/nonexistent.conf; allowed: a "
         "file of at most 1048576 bytes");
}

BOOST_AUTO_TEST_CASE(a_directory_is_no_config_file) {
  node_config config;
  BOOST_TEST(
      config.load({"--config-file=/tmp"}).value_or("")
      == "cannot read the file --config-file=/tmp; allowed: a file of at "
         "most 1048576 bytes");
}

BOOST_AUTO_TEST_CASE(an_empty_file_gives_the_defaults) {
  const rollcall::test::temporary_file file{""};
  node_config config;
  BOOST_TEST(config.load({"--config-file=" + file.path()}).value_or("") == "");
}

BOOST_AUTO_TEST_CASE(a_secret_under_a_mistyped_name_is_not_printed) {
  const std::string secret = "a secret of thirty-two bytes, yes";
  for (const auto& wrong :
       {problem("[rollcall.auth]\nhs256-secrets=\"" + secret + "\"\n"),
        problem("[auth]\nhs256-secret=\"" + secret + "\"\n"),
        argument_problem("--rollcall.auth.hs256-secrets=" + secret),
        argument_problem("--auth.hs256-secret=" + secret)}) {
    BOOST_TEST(wrong != "");
    BOOST_TEST(wrong.find("thirty") == std::string::npos, wrong);
  }
}

BOOST_AUTO_TEST_CASE(a_key_that_is_set_twice_is_refused) {
  BOOST_TEST(
      problem("[rollcall.gateway]\nport=4001\n; port\nport=4002\n")
      == "rollcall.gateway.port is set twice in the file; allowed: once");
  BOOST_TEST(problem("[rollcall]\nshards=2\n[rollcall.gateway]\nport=1\n"
                     "[rollcall]\nshards=3\n")
             == "rollcall.shards is set twice in the file; allowed: once");
}

BOOST_AUTO_TEST_CASE(what_looks_like_a_key_inside_a_value_is_none) {
  BOOST_TEST(problem("[rollcall.channel]\npatterns=[\"port=1\",\n"
                     "  \"port=2\", ; port=3\n  \"a\\\"=[\"\n]\n"
                     "relay=false ; relay=true\n"
                     "[rollcall.gateway]\nport=1\n")
             == "");
}

BOOST_AUTO_TEST_CASE(a_file_is_found_by_its_path) {
  const rollcall::test::temporary_file file{"[rollcall]\nshards=7\n"};
  node_config config;
  BOOST_TEST(config.load({"--config-file=" + file.path()}).value_or("") == "");
  BOOST_TEST(config.settings.runtime.shard_count == 7);
}

BOOST_AUTO_TEST_CASE(what_only_prints_needs_no_good_settings) {
  node_config config;
  BOOST_TEST(config.load({"--rollcall.shards=0", "--help"}).value_or("") == "");
  BOOST_TEST((config.action == start_action::help));
}

BOOST_AUTO_TEST_CASE(a_secret_may_come_from_a_file_without_its_line_end) {
  const rollcall::test::temporary_file file{"0123456789abcdef\n"};
  const loaded good{"", {"--rollcall.admin.token-file=" + file.path()}};
  BOOST_TEST(good.wrong == "");
  BOOST_TEST(good.config.settings.admin.token == "0123456789abcdef");
}

BOOST_AUTO_TEST_CASE(a_short_secret_is_refused_and_not_shown) {
  const auto wrong = argument_problem("--rollcall.auth.hs256-secret=hunter2");
  BOOST_TEST(wrong
             == "rollcall.auth.hs256-secret = (7 bytes) is not allowed; "
                "allowed: empty, or a string of 32 to 4096 bytes");
}

BOOST_AUTO_TEST_CASE(what_is_no_small_file_holds_no_secret) {
  for (const auto* path : {"/tmp", "/dev/zero", "/nowhere"})
    for (const auto* key : {"auth.hs256-secret-file", "admin.token-file"})
      BOOST_TEST(argument_problem(std::string{"--rollcall."} + key + '=' + path)
                     .find("cannot be read")
                 != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_with_a_zero_byte_is_refused_whole) {
  using namespace std::string_literals;
  BOOST_TEST(problem("[rollcall]\nshards=4\0\n[rollcall.gateway]\nport=1"s)
             == "the file has a byte 0, as no text has");
}

BOOST_AUTO_TEST_CASE(a_node_without_threads_for_actors_is_refused) {
  for (const auto* threads : {"0", "100000"})
    BOOST_TEST(
        argument_problem(std::string{"--scheduler.max-threads="} + threads)
        == std::string{"scheduler.max-threads is "} + threads
               + "; allowed: 1 to 1024");
  BOOST_TEST(argument_problem("--scheduler.max-threads=2") == "");
}

BOOST_AUTO_TEST_CASE(what_tokens_must_say_means_nothing_without_a_key) {
  BOOST_TEST(argument_problem("--rollcall.auth.audience=game") != "");
  BOOST_TEST(argument_problem("--rollcall.auth.issuer=game") != "");
}

BOOST_AUTO_TEST_CASE(settings_that_belong_together_are_checked_together) {
  BOOST_TEST(argument_problem("--rollcall.gateway.tls-key-file=/a") != "");
  BOOST_TEST(argument_problem("--rollcall.gateway.path=socket") != "");
  BOOST_TEST(argument_problem("--rollcall.channel.patterns=a*b") != "");
  BOOST_TEST(
      problem("", {"--rollcall.auth.hs256-secret=" + std::string(32, 's'),
                   "--rollcall.auth.rs256-public-key-file=/a"})
      != "");
}

BOOST_AUTO_TEST_CASE(only_loopback_addresses_are_loopback) {
  for (const auto* address : {"127.0.0.1", "127.1.2.3", "::1"})
    BOOST_TEST(is_loopback(address));
  for (const auto* address : {"0.0.0.0", "::", "10.0.0.1", "12.7.0.1"})
    BOOST_TEST(!is_loopback(address));
}

BOOST_AUTO_TEST_SUITE_END()
