#include "app/node/config_file.hpp"
#include "app/node/settings_table.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

using namespace rollcall::node;

BOOST_AUTO_TEST_SUITE(settings_table_tests)

BOOST_AUTO_TEST_CASE(every_key_is_there_once) {
  std::set<std::string> keys;
  for (const auto& x : settings_table())
    BOOST_TEST(keys.insert(x.key).second, x.key);
}

BOOST_AUTO_TEST_CASE(every_setting_is_described) {
  for (const auto& x : settings_table())
    BOOST_TEST_CONTEXT(x.key) {
      BOOST_TEST(x.key.starts_with("rollcall."));
      BOOST_TEST(x.summary.ends_with('.'));
      BOOST_TEST(!x.allowed.empty());
      BOOST_TEST((x.kind != setting_kind::number || !x.unit.empty()));
    }
}

BOOST_AUTO_TEST_CASE(every_default_is_allowed_and_reads_back_as_written) {
  for (const auto& x : settings_table())
    BOOST_TEST_CONTEXT(x.key) {
      node_settings settings;
      const auto value = x.load(settings);
      const auto read = read_value(x.kind, to_text(value));
      BOOST_REQUIRE(read.has_value());
      BOOST_TEST((*read == value));
      BOOST_TEST(x.store(settings, *read));
      BOOST_TEST((x.load(settings) == value));
    }
}

BOOST_AUTO_TEST_CASE(the_help_names_every_setting_with_what_is_allowed) {
  const auto help = help_text();
  for (const auto& x : settings_table())
    BOOST_TEST_CONTEXT(x.key) {
      BOOST_TEST(help.find("--" + x.key + '=') != std::string::npos);
      BOOST_TEST(help.find(allowed_text(x)) != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(the_shipped_config_file_is_what_print_config_prints) {
  std::ifstream in{ROLLCALL_SOURCE_DIR "/config/rollcall.conf"};
  const std::string shipped{std::istreambuf_iterator<char>{in}, {}};
  BOOST_TEST(shipped == config_template());
}

BOOST_AUTO_TEST_CASE(the_shipped_config_file_can_be_loaded) {
  node_config config;
  const auto* path
      = "--config-file=" ROLLCALL_SOURCE_DIR "/config/rollcall.conf";
  BOOST_TEST(config.load({path}).value_or("") == "");
}

BOOST_AUTO_TEST_CASE(a_list_may_be_written_as_in_the_file_or_with_commas) {
  const auto expected
      = setting_value{std::vector<std::string>{"room:*", "news"}};
  for (const auto* text :
       {R"(["room:*", "news"])", "room:*,news", R"(["room:*","news"])"})
    BOOST_TEST((read_value(setting_kind::list, text) == expected));
  BOOST_TEST(!read_value(setting_kind::list, "[\"a\"").has_value());
}

BOOST_AUTO_TEST_CASE(a_number_is_all_digits) {
  BOOST_TEST((read_value(setting_kind::number, "12")
              == setting_value{std::int64_t{12}}));
  for (const auto* text :
       {"", "1s", "1.5", " 1", "0x1", "99999999999999999999"})
    BOOST_TEST(!read_value(setting_kind::number, text).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
