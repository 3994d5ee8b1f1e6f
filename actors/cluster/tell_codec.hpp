#pragma once

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>
#include <caf/message.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall {

/// Which messages `presence::tell` may carry to other nodes, and their bytes.
/// CAF sees none of what a peer sent before its types, lengths and depth were
/// checked against the list.
///
/// Threads: any; immutable.
class tell_codec {
public:
  /// `types` are names as CAF knows them; `told_event` need not be among them.
  tell_codec(caf::actor_system& system, const std::vector<std::string>& types,
             std::size_t bytes_max);

  /// Errors: `ec::unknown_type` for an element that is not on the list or that
  ///         no other node could read; `ec::too_large`.
  [[nodiscard]] caf::expected<std::string>
  encode(const caf::message& message) const;

  /// Errors: as of `encode`.
  [[nodiscard]] caf::expected<caf::message>
  decode(std::string_view bytes) const;

private:
  [[nodiscard]] caf::error check_types(const caf::message& message) const;
  [[nodiscard]] std::string all_types() const;

  caf::actor_system& system_;
  std::set<std::string> types_;
  std::size_t bytes_max_;
};

} // namespace rollcall
