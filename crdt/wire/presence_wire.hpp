#pragma once

#include "crdt/interval.hpp"
#include "crdt/wire/interval_wire.hpp"
#include "crdt/wire/wire_io.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::wire {

/// How much keys and metas may unpack to: so many times the bytes read so far,
/// plus a start. Writers keep to it, so that readers can insist.
inline constexpr std::size_t inflation_max = 32;
inline constexpr std::size_t inflation_start_bytes = 4'096;

/// Writes the presences of an interval, each against the one before.
void write_presences(writer& to, const crdt::interval& interval);

/// Reads what `write_presences` wrote.
class presence_reader {
public:
  presence_reader(std::string_view content, crdt::interval& out)
      : from_{content},
        size_{content.size()},
        out_{out},
        seq_{out.from} {
  }

  [[nodiscard]] decode_error read_all();

private:
  [[nodiscard]] decode_error read_one();
  [[nodiscard]] decode_error read_topic(std::uint8_t flags);
  [[nodiscard]] decode_error read_key(std::uint8_t flags);
  [[nodiscard]] decode_error read_meta(std::uint8_t flags);
  void read_extension(reader fields);
  void read_login(reader content);
  [[nodiscard]] bool is_inflated() const noexcept;

  reader from_;
  std::size_t size_;
  crdt::interval& out_;
  std::uint64_t seq_;
  std::uint64_t owner_ = 0;
  std::optional<crdt::login> login_; ///< Of the presence at hand.
  std::size_t unpacked_bytes_ = 0;
  std::string_view topic_;
  std::vector<std::string_view> topics_;
  std::string key_;
  std::string meta_;
  std::string next_meta_;
};

} // namespace rollcall::wire
