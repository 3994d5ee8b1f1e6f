#pragma once

#include "app/node/settings.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rollcall::node {

/// A value as the command line or the file gives it.
using setting_value
    = std::variant<std::string, std::int64_t, bool, std::vector<std::string>>;

/// What kind of value a setting takes, in the order of `setting_value`.
enum class setting_kind : std::uint8_t { text, number, flag, list };

/// One thing that can be set. Parsing, checks, `--help` and the commented
/// `config/rollcall.conf` are all made from this.
struct setting {
  std::string key;     ///< `rollcall.gateway.port`.
  std::string unit;    ///< `ms`, `bytes`, ...; empty if there is none.
  std::string allowed; ///< Bounds, for people.
  std::string summary; ///< One sentence.
  setting_kind kind = setting_kind::text;
  /// Stores a value of the right kind. @returns whether it is allowed.
  std::function<bool(node_settings&, const setting_value&)> store;
  /// What is stored now.
  std::function<setting_value(const node_settings&)> load;
};

/// Every setting, in the order in which they are documented.
[[nodiscard]] const std::vector<setting>& settings_table();

/// The setting of this key, nullptr if there is none.
[[nodiscard]] const setting* find_setting(std::string_view key);

/// The key most like a mistyped one.
[[nodiscard]] std::string_view nearest_key(std::string_view mistyped);

/// Reads what stands after `--key=`. Empty if it is of another kind.
[[nodiscard]] std::optional<setting_value> read_value(setting_kind kind,
                                                      std::string_view text);

/// The value as it would be written in the file.
[[nodiscard]] std::string to_text(const setting_value& value);

/// What is allowed, with the unit: `ms, 100 to 3600000`.
[[nodiscard]] std::string allowed_text(const setting& setting);

} // namespace rollcall::node
