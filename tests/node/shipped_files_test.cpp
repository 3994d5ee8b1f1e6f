// What is shipped beside the node: alerts, the dashboard, and the guide of
// those who operate it. Each metric in them is one that /metrics has.
#include "app/node/cluster_status.hpp"
#include "app/node/config_file.hpp"
#include "app/node/metrics_text.hpp"
#include "tests/guide/page_text.hpp"
#include "tests/support/contains.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>

using namespace rollcall;
using namespace rollcall::node;
using rollcall::test::contains;

namespace {

using names = std::set<std::string>;

std::string text_of(const std::string& path) {
  std::ifstream file{std::string{ROLLCALL_SOURCE_DIR} + '/' + path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// All that `pattern` finds in a text: its first group, or all of it.
names found(const std::string& text, const std::string& pattern) {
  const std::regex search{pattern};
  names result;
  for (std::sregex_iterator at{text.begin(), text.end(), search}, end;
       at != end; ++at)
    result.insert((*at)[search.mark_count()]);
  return result;
}

/// Metrics as /metrics names them, without the suffixes of histograms.
names exported() {
  metrics_text out;
  append_runtime(out, {});
  append_gateway(out, {});
  append_channels(out, {});
  append_cluster(out, {}, {});
  append_admin(out, 0, 0);
  append_log(out, {});
  append_process(out);
  return found(out.text(), "# TYPE ([a-z_]+) ");
}

names mentioned(const std::string& path) {
  const auto all = exported();
  names result;
  for (const auto& name :
       found(text_of(path), "\\b(?:rollcall|process)_[a-z_]+")) {
    const auto base
        = std::regex_replace(name, std::regex{"_(bucket|sum|count)$"}, "");
    result.insert(all.contains(base) ? base : name);
  }
  return result;
}

void check_names(const std::string& path) {
  const auto used = mentioned(path);
  const auto all = exported();
  BOOST_TEST(!used.empty());
  for (const auto& name : used)
    BOOST_TEST(all.contains(name), path << ": " << name);
}

} // namespace

BOOST_AUTO_TEST_SUITE(shipped_files_tests)

BOOST_AUTO_TEST_CASE(alerts_name_metrics_that_there_are) {
  check_names("config/alerts.yml");
}

BOOST_AUTO_TEST_CASE(the_dashboard_shows_every_metric_and_no_other) {
  check_names("config/grafana-dashboard.json");
  const auto shown = mentioned("config/grafana-dashboard.json");
  for (const auto& name : exported())
    BOOST_TEST(shown.contains(name), name);
}

BOOST_AUTO_TEST_CASE(the_dashboard_is_json_whose_panels_have_queries) {
  const auto board
      = boost::json::parse(text_of("config/grafana-dashboard.json"));
  std::set<std::int64_t> ids;
  for (const auto& panel : board.at("panels").as_array()) {
    BOOST_TEST(ids.insert(panel.at("id").as_int64()).second);
    BOOST_TEST(!panel.at("title").as_string().empty());
    if (panel.at("type").as_string() != "row")
      BOOST_TEST(!panel.at("targets").as_array().empty());
  }
}

BOOST_AUTO_TEST_CASE(every_alert_says_when_how_long_what_and_what_to_do) {
  const auto text = text_of("config/alerts.yml");
  const std::string begin = "      - alert: ";
  std::size_t alerts = 0;
  for (auto at = text.find(begin); at != std::string::npos; ++alerts) {
    const auto next = text.find(begin, at + 1);
    const auto rule = text.substr(at, next - at);
    BOOST_TEST_CONTEXT(rule) {
      BOOST_TEST(std::regex_search(rule, std::regex{"\n        expr: .*[<>=] "
                                                    "[0-9.e]+\n"}));
      BOOST_TEST(std::regex_search(rule, std::regex{"\n        for: [0-9]+m\n"
                                                    "        labels:\n"}));
      BOOST_TEST(std::regex_search(
          rule, std::regex{"\n          severity: (page|ticket)\n"}));
      BOOST_TEST(contains(rule, "\n          summary: "));
      BOOST_TEST(contains(rule, "\n          action: "));
    }
    at = next;
  }
  BOOST_TEST(alerts > 10u);
}

BOOST_AUTO_TEST_CASE(the_guide_explains_every_metric_and_alert) {
  check_names("docs/guide/operate.md");
  const auto page = text_of("docs/guide/operate.md");
  for (const auto& name : exported())
    BOOST_TEST(contains(page, "`" + name), name);
  for (const auto& name :
       found(text_of("config/alerts.yml"), "- alert: ([A-Za-z]+)"))
    BOOST_TEST(contains(page, "`" + name + "`"), name);
}

BOOST_AUTO_TEST_CASE(settings_in_the_guide_are_taken) {
  std::size_t snippets = 0;
  for (const auto* page : {"cluster", "embed", "from-phoenix", "from-redis",
                           "operate", "concepts", "hooks"})
    for (const auto& text : test::fenced(page, "ini")) {
      ++snippets;
      node_config config;
      std::istringstream file{text};
      const auto wrong = config.load({}, file).value_or("");
      BOOST_TEST(wrong == "", page << ": " << text);
      BOOST_TEST(!validate(config.settings.runtime));
      BOOST_TEST(!validate(config.settings.cluster.net));
    }
  BOOST_TEST(snippets >= 3u);
}

BOOST_AUTO_TEST_SUITE_END()
