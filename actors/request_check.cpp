#include "actors/request_check.hpp"

#include "rollcall/error.hpp"
#include "rollcall/limits.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/core.h>

namespace rollcall {

namespace {

namespace json = boost::json;

/// Accepts one JSON object, or any one value, and keeps nothing of it.
struct text_handler {
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_object_size = max_array_size;
  static constexpr std::size_t max_string_size = max_array_size;
  static constexpr std::size_t max_key_size = max_array_size;
  using error = json::error_code;

  bool takes_any = false;
  std::size_t depth = 0;

  explicit text_handler(bool any) : takes_any{any} {
  }

  /// A value outside of any object is not the object that we want.
  bool inside(error& problem) const {
    if (depth != 0 || takes_any)
      return true;
    problem = json::error::not_object;
    return false;
  }

  bool on_document_begin(error&) {
    return true;
  }
  bool on_document_end(error&) {
    return true;
  }
  bool on_object_begin(error&) {
    ++depth;
    return true;
  }
  bool on_object_end(std::size_t, error&) {
    --depth;
    return true;
  }
  bool on_array_begin(error& problem) {
    return inside(problem);
  }
  bool on_array_end(std::size_t, error&) {
    return true;
  }
  bool on_key_part(std::string_view, std::size_t, error&) {
    return true;
  }
  bool on_key(std::string_view, std::size_t, error&) {
    return true;
  }
  bool on_string_part(std::string_view, std::size_t, error& problem) {
    return inside(problem);
  }
  bool on_string(std::string_view, std::size_t, error& problem) {
    return inside(problem);
  }
  bool on_number_part(std::string_view, error& problem) {
    return inside(problem);
  }
  bool on_int64(std::int64_t, std::string_view, error& problem) {
    return inside(problem);
  }
  bool on_uint64(std::uint64_t, std::string_view, error& problem) {
    return inside(problem);
  }
  bool on_double(double, std::string_view, error& problem) {
    return inside(problem);
  }
  bool on_bool(bool, error& problem) {
    return inside(problem);
  }
  bool on_null(error& problem) {
    return inside(problem);
  }
  bool on_comment_part(std::string_view, error&) {
    return true;
  }
  bool on_comment(std::string_view, error&) {
    return true;
  }
};

/// Well-formed UTF-8 without zero bytes (RFC 3629: no overlong forms, no
/// surrogates, at most U+10FFFF).
bool is_text(std::string_view bytes) noexcept {
  for (std::size_t i = 0; i < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    if (lead == 0 || (lead >= 0x80 && lead < 0xc2) || lead > 0xf4)
      return false;
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xe0 ? 2
                               : lead < 0xf0 ? 3
                                             : 4;
    if (bytes.size() - i < length)
      return false;
    for (std::size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(bytes[i + k]) & 0xc0) != 0x80)
        return false;
    const auto second
        = length > 1 ? static_cast<unsigned char>(bytes[i + 1]) : 0u;
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)
        || (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f))
      return false;
    i += length;
  }
  return true;
}

json::error_code problem_of(std::string_view text, std::size_t depth_max,
                            bool takes_any) {
  json::parse_options options;
  options.max_depth = depth_max;
  json::basic_parser<text_handler> parser{options, takes_any};
  json::error_code problem;
  const auto used = parser.write_some(false, text.data(), text.size(), problem);
  if (!problem && (used != text.size() || !parser.done()))
    problem = json::error::extra_data;
  return problem;
}

caf::error check_name(std::string_view name, std::size_t bytes_max, ec code,
                      std::string_view what) {
  if (name.empty())
    return make_error(code, fmt::format("the {} is empty; allowed: 1 to {} "
                                        "bytes of UTF-8",
                                        what, bytes_max));
  if (name.size() > bytes_max)
    return make_error(code, fmt::format("the {} has {} bytes; allowed: 1 to {}",
                                        what, name.size(), bytes_max));
  if (!is_text(name))
    return make_error(code, fmt::format("the {} is not UTF-8, or has a zero "
                                        "byte",
                                        what));
  return {};
}

} // namespace

caf::error check_topic(std::string_view topic) {
  return check_name(topic, limits::topic_bytes_max, ec::invalid_topic, "topic");
}

caf::error check_key(std::string_view key) {
  return check_name(key, limits::key_bytes_max, ec::invalid_key, "key");
}

caf::error check_meta(std::string_view meta, std::size_t bytes_max) {
  if (meta.size() > bytes_max)
    return make_error(ec::too_large,
                      fmt::format("the meta has {} bytes; allowed: {}",
                                  meta.size(), bytes_max));
  if (meta == "{}")
    return {};
  if (const auto problem = problem_of(meta, limits::meta_depth_max, false))
    return make_error(
        ec::invalid_meta,
        fmt::format("the meta is no JSON object: {}", problem.message()));
  return {};
}

bool is_json(std::string_view text, std::size_t depth_max) {
  return !problem_of(text, depth_max, true);
}

caf::error check_node_name(std::string_view name) {
  return check_name(name, limits::node_name_bytes_max, ec::invalid_config,
                    "node_name");
}

} // namespace rollcall
