#pragma once

#include "app/gateway/token_bucket.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>

namespace rollcall::node {

/// How often a secret may be guessed: by one address, and by all together.
///
/// Only wrong answers count. Whoever has guessed too often is refused before
/// the next answer is looked at, right or wrong. An address that has given the
/// right answer is not held up by the guesses of others.
/// Shape:   one record an address, of at most `addresses_max`; further ones
///          are held to the limit of all.
/// Threads: no locking inside. Time is an argument.
class guess_limit {
public:
  using clock = channels::token_bucket::clock;

  static constexpr channels::rate per_address{1, 10};
  static constexpr channels::rate of_all{20, 100};
  static constexpr std::size_t addresses_max = 1024;

  /// @returns zero, or how long no guess of that address is looked at.
  [[nodiscard]] clock::duration wait(const std::string& address,
                                     clock::time_point now) const;
  void was_wrong(const std::string& address, clock::time_point now);
  void was_right(const std::string& address, clock::time_point now);

private:
  struct record {
    channels::token_bucket guesses;
    clock::time_point right_at{}; ///< When the last right answer came.
  };

  /// @returns null if there is no room.
  record* record_of(const std::string& address, clock::time_point now);

  std::unordered_map<std::string, record> addresses_;
  channels::token_bucket all_;
};

} // namespace rollcall::node
