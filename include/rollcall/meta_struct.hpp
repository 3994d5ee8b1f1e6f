#pragma once

#include "rollcall/error.hpp"
#include "rollcall/meta_value.hpp"

#include <caf/meta/load_callback.hpp>
#include <caf/meta/omittable.hpp>
#include <caf/meta/omittable_if_empty.hpp>
#include <caf/meta/omittable_if_none.hpp>
#include <caf/meta/save_callback.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// The inspectors that turn a struct into a JSON object and back.
namespace rollcall::detail {

template <class T>
inline constexpr bool is_omittable
    = std::same_as<
          T,
          caf::meta::
              omittable_t> || std::same_as<T, caf::meta::omittable_if_empty_t> || std::same_as<T, caf::meta::omittable_if_none_t>;

/// What `inspect` calls go through, whichever way the values go.
template <class Derived>
class struct_inspector {
public:
  using result_type = caf::error;

  template <class... Ts>
  caf::error operator()(Ts&&... parts) {
    // The first that fails is the last.
    return (take(parts) && ...) ? caf::error{} : derived().problem().error();
  }

private:
  template <class T>
  bool take(T& part) {
    using type = std::remove_cv_t<T>;
    if constexpr (std::same_as<type, member_name>)
      name_ = part.value;
    else if constexpr (is_omittable<type>)
      is_omittable_ = true;
    else if constexpr (caf::meta::is_load_callback<type>::value
                       || caf::meta::is_save_callback<type>::value)
      return take_callback(part);
    else if constexpr (!caf::meta::is_annotation<type>::value)
      return take_member(part);
    return true;
  }

  template <class T>
  bool take_callback(T& callback) {
    if constexpr (caf::meta::is_load_callback<std::remove_cv_t<T>>::value
                  == Derived::writes_state) {
      const caf::error refusal = callback.fun();
      if (refusal)
        return derived().problem().fail("is refused by its type: "
                                        + describe(refusal));
    }
    return true;
  }

  /// A member without a name goes by its place.
  template <class T>
  bool take_member(T& value) {
    const auto place = std::to_string(count_++);
    const auto name = std::exchange(name_, {});
    return derived().take_value(name.empty() ? std::string_view{place} : name,
                                std::exchange(is_omittable_, false), value);
  }

  Derived& derived() noexcept {
    return static_cast<Derived&>(*this);
  }

  std::string_view name_;
  std::size_t count_ = 0;
  bool is_omittable_ = false;
};

/// Writes the members of a struct.
class struct_writer : public struct_inspector<struct_writer> {
public:
  static constexpr bool reads_state = true;
  static constexpr bool writes_state = false;

  explicit struct_writer(meta_writer& to) noexcept : to_{to} {
  }

  meta_problem& problem() noexcept {
    return to_.problem;
  }

  template <class T>
  bool take_value(std::string_view name, bool is_omittable, const T& value) {
    if constexpr (is_optional<T>)
      if (!value)
        return true;
    if constexpr (requires { value.empty(); })
      if (is_omittable && value.empty())
        return true;
    return to_.write_name(name)
           && problem().within(name, write_value(to_, value));
  }

private:
  meta_writer& to_;
};

/// Reads the members of a struct.
class struct_reader : public struct_inspector<struct_reader> {
public:
  static constexpr bool reads_state = false;
  static constexpr bool writes_state = true;

  /// @param parts outlives it.
  struct_reader(meta_reader& from, const std::vector<meta_part>& parts) noexcept
      : from_{from},
        parts_{parts} {
  }

  meta_problem& problem() noexcept {
    return from_.problem;
  }

  template <class T>
  bool take_value(std::string_view name, bool is_omittable, T& value) {
    if (const auto* part = find(name))
      return problem().within(name, read_value(from_, part->value, value));
    if constexpr (is_optional<T>) {
      value.reset();
      return true;
    }
    return is_omittable || problem().within(name, problem().fail("is missing"));
  }

private:
  /// Most texts have the members in the order in which they are asked for.
  const meta_part* find(std::string_view name) noexcept {
    for (std::size_t i = 0; i < parts_.size(); ++i, ++next_) {
      const auto& part = parts_[next_ % parts_.size()];
      if (part.name == name) {
        ++next_;
        return &part;
      }
    }
    return nullptr;
  }

  meta_reader& from_;
  const std::vector<meta_part>& parts_;
  std::size_t next_ = 0;
};

/// Calls the `inspect` of a type. @returns whether nothing was wrong.
template <class Inspector, class T>
bool run_inspect(Inspector& inspector, T& value) {
  using result = decltype(inspect(inspector, value));
  if constexpr (std::same_as<result, caf::error>) {
    const auto refusal = inspect(inspector, value);
    if (refusal && !inspector.problem())
      return inspector.problem().fail("is refused by its type: "
                                      + describe(refusal));
  } else {
    static_cast<void>(inspect(inspector, value));
  }
  return !inspector.problem();
}

template <class T>
bool write_object(meta_writer& to, const T& value) {
  if (!to.begin('{'))
    return false;
  struct_writer members{to};
  // As CAF does: an `inspect` takes what it only reads by reference as well.
  return run_inspect(members, const_cast<T&>(value)) && to.end('}');
}

template <class T>
bool read_struct(meta_reader& from, std::string_view text, T& value) {
  std::vector<meta_part> parts;
  if (!from.read_object(text, parts))
    return false;
  struct_reader members{from, parts};
  return run_inspect(members, value);
}

} // namespace rollcall::detail
