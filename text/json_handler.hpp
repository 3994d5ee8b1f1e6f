#pragma once

#include <boost/json/error.hpp>
#include <boost/json/string_view.hpp>

#include <cstddef>
#include <cstdint>

namespace rollcall {

/// Takes whatever Boost.JSON's parser finds, of any length, and keeps nothing.
/// Who wants to hear of something derives from it and hides that function.
struct json_handler {
  using error = boost::json::error_code;
  using piece = boost::json::string_view;

  static constexpr auto max_object_size = static_cast<std::size_t>(-1);
  static constexpr auto max_array_size = max_object_size;
  static constexpr auto max_key_size = max_object_size;
  static constexpr auto max_string_size = max_object_size;

  bool on_document_begin(error&) {
    return true;
  }
  bool on_document_end(error&) {
    return true;
  }
  bool on_object_begin(error&) {
    return true;
  }
  bool on_object_end(std::size_t, error&) {
    return true;
  }
  bool on_array_begin(error&) {
    return true;
  }
  bool on_array_end(std::size_t, error&) {
    return true;
  }
  bool on_key_part(piece, std::size_t, error&) {
    return true;
  }
  bool on_key(piece, std::size_t, error&) {
    return true;
  }
  bool on_string_part(piece, std::size_t, error&) {
    return true;
  }
  bool on_string(piece, std::size_t, error&) {
    return true;
  }
  bool on_number_part(piece, error&) {
    return true;
  }
  bool on_int64(std::int64_t, piece, error&) {
    return true;
  }
  bool on_uint64(std::uint64_t, piece, error&) {
    return true;
  }
  bool on_double(double, piece, error&) {
    return true;
  }
  bool on_bool(bool, error&) {
    return true;
  }
  bool on_null(error&) {
    return true;
  }
  bool on_comment_part(piece, error&) {
    return true;
  }
  bool on_comment(piece, error&) {
    return true;
  }
};

} // namespace rollcall
