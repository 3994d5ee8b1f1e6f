#pragma once

#include <caf/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Writes and reads the JSON of metas, value by value; what meta_value.hpp is
/// made with. Each function returns whether it could.
namespace rollcall::detail {

/// What is wrong with a value, and in which member of a meta. Each level that a
/// problem passes on its way out puts its own name in front.
class meta_problem {
public:
  /// @param sentence goes on from "the meta" or "member 'x'".
  /// @returns false.
  bool fail(std::string sentence);

  /// What a member or an element returned, which it returns as well.
  bool within(std::string_view member, bool is_good);
  bool within(std::size_t element, bool is_good);

  explicit operator bool() const noexcept {
    return !sentence_.empty();
  }

  /// Errors: `invalid_meta`.
  [[nodiscard]] caf::error error() const;

private:
  std::string path_;
  std::string sentence_;
};

/// Writes one JSON value.
class meta_writer {
public:
  bool write_null();
  bool write_bool(bool value);
  bool write_signed(std::int64_t value);
  bool write_unsigned(std::uint64_t value);
  bool write_float(float value);
  bool write_double(double value);
  bool write_text(std::string_view text);

  /// @param bracket is `{` or `[`.
  bool begin(char bracket);

  /// An object whose names do not all differ is a problem.
  /// @param bracket is `}` or `]`.
  bool end(char bracket);

  /// The name of the member that comes next.
  bool write_name(std::string_view name);

  [[nodiscard]] std::string& text() noexcept {
    return text_;
  }

  meta_problem problem;

private:
  /// Where a name stands in the text, quotes included.
  struct written_name {
    std::size_t first = 0;
    std::size_t bytes = 0;
    std::size_t depth = 0; ///< Of its object.
  };

  void separate();
  bool end_names();
  template <class Number>
  bool write_number(Number value);

  std::string text_;
  std::size_t depth_ = 0;
  std::vector<written_name> names_; ///< Of the objects that are not complete.
};

/// A member of an object, and the text of its value.
struct meta_part {
  std::string name;
  std::string_view value;
};

/// Reads JSON that is known to be valid. Of members of one name the last one
/// counts.
class meta_reader {
public:
  [[nodiscard]] static bool is_null(std::string_view value) noexcept;
  bool read_bool(std::string_view value, bool& out);
  bool read_signed(std::string_view value, std::int64_t& out,
                   std::int64_t least, std::int64_t most);
  bool read_unsigned(std::string_view value, std::uint64_t& out,
                     std::uint64_t most);
  bool read_float(std::string_view value, float& out);
  bool read_double(std::string_view value, double& out);
  bool read_text(std::string_view value, std::string& out);
  bool read_object(std::string_view value, std::vector<meta_part>& out);
  bool read_array(std::string_view value, std::vector<std::string_view>& out);

  meta_problem problem;

private:
  bool refuse(std::string_view value, std::string_view allowed);
  template <class Integer>
  bool read_integer(std::string_view value, Integer& out, Integer least,
                    Integer most);
  template <class Number>
  bool read_number(std::string_view value, Number& out);
};

/// Errors: `invalid_meta`, with what an exception said, if anything.
[[nodiscard]] caf::error type_threw(std::string_view words);

/// Errors: `invalid_meta`, if the text is no JSON within the depth of a meta.
[[nodiscard]] caf::error check_json(std::string_view text);

} // namespace rollcall::detail
