#pragma once

#include "crdt/replication/heartbeat.hpp"

#include <map>
#include <string>

namespace rollcall::crdt {

/// Whom this node asks to pass on what a node writes that it cannot hear.
///
/// One that hears the node itself is best, and is kept as long as it answers.
/// Where there is none, it is the one that brought the newest sign of life
/// first: that one has it from somebody nearer to the node, so no two nodes
/// wait for each other.
///
/// Shape:   one record a node that is missing.
/// Threads: one at a time.
class relay_choices {
public:
  /// What `via` says of `origin`. `is_newer`: nobody told this before.
  struct answer {
    const std::string& origin;
    const std::string& via;
    bool is_direct;
    bool is_newer;
  };

  /// Takes an answer, and replaces a choice that has not served for
  /// `patience`. @returns whether the choice is a new one.
  bool take(const answer& told, tick_time now, tick_time patience);

  /// Only these are missing now.
  void retain(const node_names& missing);

  /// The connection to `via` is gone.
  void lose(const std::string& via);

  /// Whose writes `via` is to pass on.
  [[nodiscard]] node_names chosen(const std::string& via) const;

private:
  struct choice {
    std::string via;
    bool is_direct = false;
    tick_time last_served{};
  };

  std::map<std::string, choice> choices_; ///< By origin.
};

} // namespace rollcall::crdt
