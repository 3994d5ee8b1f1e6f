#pragma once

#include <caf/binary_deserializer.hpp>
#include <caf/deserializer.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace rollcall {

/// Reads what CAF has serialised from bytes that a peer may have made up: of
/// types on a list only, nothing longer than the bytes that are left, nothing
/// nested deeper than a bound. `caf::binary_deserializer` knows no bounds.
///
/// Errors:  `sec::unknown_type`, `sec::end_of_stream`,
///          `sec::runtime_error` for what is too deep.
/// Threads: one.
class bounded_source final : public caf::deserializer {
public:
  /// Messages and containers inside each other.
  static constexpr std::size_t depth_max = 32;

  /// What the functions that read a value may take of the stack: bounds types
  /// that contain themselves without a container.
  static constexpr std::size_t stack_bytes_max = 256u << 10;

  /// @pre `types` outlives this.
  bounded_source(caf::actor_system& system, std::string_view bytes,
                 const std::set<std::string>& types);

  [[nodiscard]] std::size_t left() const noexcept {
    return inner_.remaining();
  }

  caf::error begin_object(std::uint16_t& number, std::string& names) override;
  caf::error end_object() override;
  caf::error begin_sequence(std::size_t& count) override;
  caf::error end_sequence() override;
  caf::error apply_raw(std::size_t count, void* data) override;

protected:
  caf::error apply_impl(std::int8_t& x) override;
  caf::error apply_impl(std::uint8_t& x) override;
  caf::error apply_impl(std::int16_t& x) override;
  caf::error apply_impl(std::uint16_t& x) override;
  caf::error apply_impl(std::int32_t& x) override;
  caf::error apply_impl(std::uint32_t& x) override;
  caf::error apply_impl(std::int64_t& x) override;
  caf::error apply_impl(std::uint64_t& x) override;
  caf::error apply_impl(float& x) override;
  caf::error apply_impl(double& x) override;
  caf::error apply_impl(long double& x) override;
  caf::error apply_impl(std::string& x) override;
  caf::error apply_impl(std::u16string& x) override;
  caf::error apply_impl(std::u32string& x) override;

private:
  template <class T>
  caf::error read(T& x);
  template <class Text, class Unit>
  caf::error read_text(Text& x);
  caf::error read_length(std::size_t& count);
  caf::error go_deeper();
  [[nodiscard]] bool are_allowed(std::string_view names) const;

  caf::binary_deserializer inner_;
  const std::set<std::string>& types_;
  const char* stack_;
  std::size_t depth_ = 0;
};

} // namespace rollcall
