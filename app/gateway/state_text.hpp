#pragma once

#include "app/gateway/outbox.hpp"
#include <rollcall/presence_json.hpp>
#include <rollcall/types.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace rollcall::channels {

/// The payload of a large `presence_state`, and the bracket behind it, made in
/// parts from a snapshot that never changes. However many clients it is sent to
/// and however slowly they read, it holds the snapshot and the latest part;
/// clients that are equally far share a part.
///
/// Shape:   a position for each part that was made.
/// Threads: one I/O thread.
class state_text final : public text_source {
public:
  static constexpr std::size_t part_bytes = 32'768;

  explicit state_text(snapshot presences, enrichment extra = {});

  [[nodiscard]] part at(std::size_t index) override;

  /// The snapshot's pointers: what it points to, the topic has as well, as long
  /// as nothing changes.
  [[nodiscard]] std::size_t held_bytes() const noexcept override;

private:
  struct made_part {
    std::weak_ptr<const std::string> bytes;
    state_position start;
  };

  const snapshot presences_;
  const enrichment extra_;
  std::vector<made_part> parts_;    ///< Made, and the one to be made next.
  std::optional<std::size_t> last_; ///< Index of the last part, if known.
  shared_bytes latest_;
};

/// A state as it is sent: a small one as a text, a large one in parts.
struct encoded_state {
  shared_bytes text; ///< Payload and bracket; empty if it is large.
  std::shared_ptr<state_text> parts;
};

/// Encodes a state. It is small if it fits into one part.
[[nodiscard]] encoded_state encode_state(const snapshot& presences,
                                         const enrichment& extra = {});

} // namespace rollcall::channels
