#include "app/node/config_file.hpp"

#include "app/node/config_duplicates.hpp"
#include "app/node/settings_table.hpp"
#include "app/node/small_file.hpp"
#include <rollcall/cluster.hpp>

#include <caf/config_option_set.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string_view>
#include <thread>
#include <utility>

namespace rollcall::node {

namespace {

constexpr std::string_view own_prefix = "rollcall.";

constexpr std::size_t file_bytes_max = 1u << 20;

std::string refusal(std::string_view key, std::string_view value,
                    const setting& setting) {
  // A secret does not belong into a log.
  const auto is_secret = key.ends_with("secret") || key.ends_with("token");
  const auto shown = is_secret ? fmt::format("({} bytes)", value.size())
                               : std::string{value};
  return fmt::format("{} = {} is not allowed; allowed: {}", key, shown,
                     allowed_text(setting));
}

/// Names the key alone: the value may be a secret under a mistyped name.
std::string unknown(std::string_view key) {
  if (!key.starts_with(own_prefix))
    return fmt::format("unknown setting {}; allowed: the keys that --help "
                       "lists, and those of CAF",
                       key);
  return fmt::format("unknown setting {}; did you mean {}? --help lists all",
                     key, nearest_key(key));
}

std::optional<setting_value> from_list(const caf::config_value::list& items) {
  std::vector<std::string> result;
  for (const auto& item : items) {
    const auto* text = caf::get_if<std::string>(&item);
    if (text == nullptr)
      return std::nullopt;
    result.push_back(*text);
  }
  return setting_value{std::move(result)};
}

/// Takes a value of the file; a single string will do for a list.
std::optional<setting_value> from_caf(setting_kind kind,
                                      const caf::config_value& value) {
  const auto* text = caf::get_if<std::string>(&value);
  const auto* number = caf::get_if<caf::config_value::integer>(&value);
  const auto* flag = caf::get_if<bool>(&value);
  const auto* items = caf::get_if<caf::config_value::list>(&value);
  if (kind == setting_kind::text && text != nullptr)
    return setting_value{*text};
  if (kind == setting_kind::number && number != nullptr)
    return setting_value{static_cast<std::int64_t>(*number)};
  if (kind == setting_kind::flag && flag != nullptr)
    return setting_value{*flag};
  if (kind == setting_kind::list && items != nullptr)
    return from_list(*items);
  if (kind == setting_kind::list && text != nullptr)
    return setting_value{std::vector<std::string>{*text}};
  return std::nullopt;
}

} // namespace

struct node_config::command_line {
  std::vector<std::string> own; ///< `--rollcall.*`
  std::vector<std::string> caf; ///< All others.
  std::string file;             ///< Empty: none.
  start_action action = start_action::run;
};

node_config::node_config() {
  // Defaults, which the file and the command line override.
  configure(*this);
  // One processor is for the I/O thread: more actor threads than processors
  // only wake each other. A single one needs no work stealing.
  const auto threads = std::max(2u, std::thread::hardware_concurrency()) - 1;
  set("scheduler.max-threads", std::size_t{threads});
  if (threads == 1)
    set("scheduler.policy", caf::atom("sharing"));
}

std::optional<std::string>
node_config::load(const std::vector<std::string>& arguments) {
  command_line parts;
  if (auto wrong = split(arguments, parts))
    return wrong;
  std::stringstream text;
  if (!parts.file.empty()) {
    const auto read = read_small_file(parts.file, file_bytes_max);
    if (!read)
      return fmt::format("cannot read the file --config-file={}; allowed: a "
                         "file of at most {} bytes",
                         parts.file, file_bytes_max);
    text << *read;
  }
  return load_parts(parts, text);
}

std::optional<std::string>
node_config::load(const std::vector<std::string>& arguments,
                  std::istream& file) {
  command_line parts;
  if (auto wrong = split(arguments, parts))
    return wrong;
  return load_parts(parts, file);
}

node_config::problem
node_config::split(const std::vector<std::string>& arguments,
                   command_line& result) const {
  constexpr std::string_view file_option = "--config-file=";
  for (const auto& argument : arguments) {
    const auto name = std::string_view{argument};
    if (name == "--help" || name == "-h")
      result.action = start_action::help;
    else if (name == "--version")
      result.action = start_action::version;
    else if (name == "--print-config")
      result.action = start_action::print_config;
    else if (name.starts_with(file_option))
      result.file = name.substr(file_option.size());
    else if (name.starts_with("--rollcall"))
      result.own.push_back(argument);
    else if (name.starts_with("--") && is_caf_option(argument))
      result.caf.push_back(argument);
    else
      return fmt::format("unknown argument {}; allowed: what --help lists, in "
                         "the form --key=value",
                         name.substr(0, name.find('=')));
  }
  return std::nullopt;
}

node_config::problem node_config::load_parts(const command_line& parts,
                                             std::istream& file) {
  action = parts.action;
  if (action != start_action::run)
    return std::nullopt;
  std::stringstream text;
  if (file.good())
    text << file.rdbuf();
  text.clear();
  // CAF's parser takes it for the end, and would ignore what follows.
  if (text.view().find('\0') != std::string_view::npos)
    return "the file has a byte 0, as no text has";
  if (const auto twice = find_duplicate_key(text.view()))
    return fmt::format("{} is set twice in the file; allowed: once", *twice);
  if (auto wrong = parse(parts.caf, text))
    return fmt::format("the configuration cannot be read: {}", render(wrong));
  if (auto wrong = check_threads())
    return wrong;
  if (auto wrong = take_file())
    return wrong;
  for (const auto& argument : parts.own)
    if (auto wrong = take_argument(argument))
      return wrong;
  return complete(settings);
}

/// Without threads for actors nothing would ever end, the node included.
node_config::problem node_config::check_threads() const {
  constexpr std::size_t most = 1'024;
  const auto threads
      = caf::get_or(*this, "scheduler.max-threads", std::size_t{0});
  if (threads >= 1 && threads <= most)
    return std::nullopt;
  return fmt::format("scheduler.max-threads is {}; allowed: 1 to {}", threads,
                     most);
}

node_config::problem node_config::take_file() {
  return take_tree({}, content);
}

node_config::problem node_config::take_tree(const std::string& prefix,
                                            const caf::settings& tree) {
  for (const auto& [name, value] : tree) {
    const auto key = prefix.empty() ? name : prefix + '.' + name;
    const auto* section = caf::get_if<caf::config_value::dictionary>(&value);
    auto wrong
        = section != nullptr ? take_tree(key, *section) : take_leaf(key, value);
    if (wrong)
      return wrong;
  }
  return std::nullopt;
}

node_config::problem node_config::take_leaf(const std::string& key,
                                            const caf::config_value& value) {
  const auto shown = caf::deep_to_string(value);
  if (!std::string_view{key}.starts_with(own_prefix))
    return is_caf_option("--" + key) ? problem{} : unknown(key);
  const auto* found = find_setting(key);
  if (found == nullptr)
    return unknown(key);
  const auto typed = from_caf(found->kind, value);
  if (!typed || !found->store(settings, *typed))
    return refusal(key, shown, *found);
  return std::nullopt;
}

node_config::problem node_config::take_argument(const std::string& argument) {
  const auto equals = argument.find('=');
  const auto key = argument.substr(
      2, equals == std::string::npos ? std::string::npos : equals - 2);
  const auto* found = find_setting(key);
  const auto has_value = equals != std::string::npos;
  const auto value = has_value ? argument.substr(equals + 1) : std::string{};
  if (found == nullptr)
    return unknown(key);
  if (!has_value && found->kind != setting_kind::flag)
    // Not with the value that it has: that may be a secret.
    return fmt::format("{} has no value; give it as --{}=VALUE; allowed: {}",
                       key, key, allowed_text(*found));
  const auto typed = read_value(found->kind, has_value ? value : "true");
  if (!typed || !found->store(settings, *typed))
    return refusal(key, value, *found);
  return std::nullopt;
}

bool node_config::is_caf_option(const std::string& key) const {
  auto name = std::string_view{key}.substr(2);
  name = name.substr(0, name.find('='));
  return std::any_of(
      custom_options_.begin(), custom_options_.end(), [&](auto& x) {
        const auto full = x.full_name();
        const auto flat = x.long_name();
        return name == std::string_view{full.data(), full.size()}
               || (x.has_flat_cli_name()
                   && name == std::string_view{flat.data(), flat.size()});
      });
}

} // namespace rollcall::node
