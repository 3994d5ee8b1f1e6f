#pragma once

#include <rollcall/topic_range.hpp>

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// What the built-in channel is still to tell its client of parts of a topic:
/// no actor, no clock.
namespace rollcall::node {

/// What stands in ranges and waits until there is room for a client. Who came
/// and left while it waits is not told at all.
///
/// Shape:   what a range holds now and the client was not told, and what the
///          client was told and left; so a few presences for each place.
class waiting_ranges {
public:
  /// After which a message ends, so that none is too long for a client.
  static constexpr std::size_t part_bytes = 32'768;

  /// Takes what was told. All of a range replaces what waits of it.
  void take(const topic_range& told);

  /// The client does not watch the range any more.
  void forget(std::size_t first, std::size_t last);

  [[nodiscard]] bool empty() const noexcept {
    return ranges_.empty();
  }

  /// How much text waits, in bytes, roughly.
  [[nodiscard]] std::size_t bytes() const noexcept {
    return bytes_;
  }

  /// The payload of the next `presence_range`. Of one range what came is told
  /// before what left, so that a key whose meta changed is never gone; ranges
  /// take turns.
  /// @pre it is not empty.
  [[nodiscard]] std::string next();

private:
  struct in_order {
    bool operator()(const entry_ptr& a, const entry_ptr& b) const noexcept;
  };
  using presences = std::set<entry_ptr, in_order>;

  /// The first and the last place.
  using places = std::pair<std::size_t, std::size_t>;

  struct range {
    presences joins;
    presences leaves;
    bool is_all = false; ///< Nothing of `joins` was told yet.
  };

  /// Adds what one side has, less what waits on the other.
  void add(const std::vector<entry_ptr>& told, presences& to, presences& other);
  void drop(range& one);
  std::string take_first(presences& from, std::size_t& room);

  std::map<places, range> ranges_; ///< Those of which something waits.
  places last_;                    ///< Told of; it goes round.
  std::size_t bytes_ = 0;
};

} // namespace rollcall::node
