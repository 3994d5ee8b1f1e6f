#include "actors/request_check.hpp"

#include "crdt/names.hpp"
#include "rollcall/error.hpp"
#include "rollcall/limits.hpp"
#include "text/flat_object.hpp"
#include "text/json_handler.hpp"
#include "text/utf8.hpp"

#include <boost/container/small_vector.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

namespace rollcall {

namespace {

namespace json = boost::json;

bool is_reserved(std::string_view name) {
  return name == "phx_ref" || name == "phx_ref_prev";
}

/// The names of the members of a JSON object and of the objects in it: whether
/// one comes twice, or is one that Rollcall writes itself. Clients would read
/// such a meta in different ways.
class member_names {
public:
  void open() {
    first_of_object_.push_back(hashes_.size());
  }

  /// A piece of a name; escapes are resolved.
  void take(std::string_view piece) {
    for (const char c : piece)
      hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
    const auto room = name_.size() - std::min(name_.size(), name_bytes_);
    std::copy_n(piece.begin(), std::min(room, piece.size()),
                name_.begin() + std::min(name_.size(), name_bytes_));
    name_bytes_ += piece.size();
  }

  /// The name is complete. @returns whether it is not reserved.
  bool end_name() {
    hashes_.push_back(std::exchange(hash_, start));
    const auto bytes = std::exchange(name_bytes_, 0);
    return first_of_object_.size() > 1 || bytes > name_.size()
           || !is_reserved({name_.data(), bytes});
  }

  /// The object is complete. @returns whether all of its names differ.
  bool close() {
    const auto first = hashes_.begin()
                       + static_cast<std::ptrdiff_t>(first_of_object_.back());
    std::sort(first, hashes_.end());
    const bool differ
        = std::adjacent_find(first, hashes_.end()) == hashes_.end();
    hashes_.erase(first, hashes_.end());
    first_of_object_.pop_back();
    return differ;
  }

private:
  static constexpr std::uint64_t start = 0xcbf29ce484222325ull; // FNV-1a

  boost::container::small_vector<std::uint64_t, 24> hashes_;
  boost::container::small_vector<std::size_t, 8> first_of_object_;
  std::uint64_t hash_ = start;
  std::array<char, 16> name_{};
  std::size_t name_bytes_ = 0;
};

enum class member_problem : std::uint8_t { none, reserved, duplicate };

/// Accepts one JSON object, or any one value, and keeps nothing of it.
struct text_handler : json_handler {
  bool takes_any = false;
  std::size_t depth = 0;
  member_names names;
  member_problem members = member_problem::none;

  explicit text_handler(bool any) : takes_any{any} {
  }

  /// A value outside of any object is not the object that we want.
  bool inside(error& problem) const {
    if (depth != 0 || takes_any)
      return true;
    problem = json::error::not_object;
    return false;
  }

  bool stop(member_problem why, error& problem) {
    members = why;
    problem = json::error::syntax;
    return false;
  }

  bool on_object_begin(error&) {
    ++depth;
    if (!takes_any)
      names.open();
    return true;
  }
  bool on_object_end(std::size_t, error& problem) {
    --depth;
    if (!takes_any && !names.close())
      return stop(member_problem::duplicate, problem);
    return true;
  }
  bool on_array_begin(error& problem) {
    return inside(problem);
  }
  bool on_key_part(piece part, std::size_t, error&) {
    if (!takes_any)
      names.take({part.data(), part.size()});
    return true;
  }
  bool on_key(piece part, std::size_t, error& problem) {
    if (takes_any)
      return true;
    names.take({part.data(), part.size()});
    if (!names.end_name())
      return stop(member_problem::reserved, problem);
    return true;
  }
  bool on_string_part(piece, std::size_t, error& problem) {
    return inside(problem);
  }
  bool on_string(piece, std::size_t, error& problem) {
    return inside(problem);
  }
  bool on_number_part(piece, error& problem) {
    return inside(problem);
  }
  bool on_int64(std::int64_t, piece, error& problem) {
    return inside(problem);
  }
  bool on_uint64(std::uint64_t, piece, error& problem) {
    return inside(problem);
  }
  bool on_double(double, piece, error& problem) {
    return inside(problem);
  }
  bool on_bool(bool, error& problem) {
    return inside(problem);
  }
  bool on_null(error& problem) {
    return inside(problem);
  }
};

/// Whether it is a good meta of the common form. If not, it may be one
/// nonetheless.
bool is_flat_meta(std::string_view meta) {
  flat_object object;
  if (!object.read(meta))
    return false;
  const auto names = object.names();
  for (auto name = names.begin(); name != names.end(); ++name)
    if (is_reserved(*name) || std::find(names.begin(), name, *name) != name)
      return false;
  return true;
}

/// @returns what is wrong with a text, empty if nothing is.
std::string problem_of(std::string_view text, std::size_t depth_max,
                       bool takes_any) {
  json::parse_options options;
  options.max_depth = depth_max;
  json::basic_parser<text_handler> parser{options, takes_any};
  json::error_code problem;
  const auto used = parser.write_some(false, text.data(), text.size(), problem);
  if (!problem && (used != text.size() || !parser.done()))
    problem = json::error::extra_data;
  switch (parser.handler().members) {
  case member_problem::reserved:
    return "phx_ref and phx_ref_prev are members that Rollcall adds";
  case member_problem::duplicate:
    return "two members of one object have the same name";
  case member_problem::none:
    break;
  }
  return problem ? problem.message() : std::string{};
}

caf::error check_name(std::string_view name, std::size_t bytes_max, ec code,
                      std::string_view label) {
  auto problem = crdt::name_problem(name, bytes_max, label);
  return problem.empty() ? caf::error{} : make_error(code, std::move(problem));
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
  if (is_flat_meta(meta))
    return {};
  if (const auto problem = problem_of(meta, limits::meta_depth_max, false);
      !problem.empty())
    return make_error(
        ec::invalid_meta,
        fmt::format("the meta is no JSON object that can be taken: {}",
                    problem));
  return {};
}

bool is_json(std::string_view text, std::size_t depth_max) {
  return problem_of(text, depth_max, true).empty();
}

caf::error check_interval(std::chrono::milliseconds interval) {
  using namespace std::chrono_literals;
  if (interval >= 10ms && interval <= 1h)
    return {};
  return make_error(ec::invalid_config,
                    fmt::format("the interval is {} ms; 10 to 3600000 are "
                                "allowed",
                                interval.count()));
}

caf::error check_node_name(std::string_view name) {
  return check_name(name, limits::node_name_bytes_max, ec::invalid_config,
                    "node_name");
}

} // namespace rollcall
