#pragma once

#include "crdt/topic_node.hpp"

#include <optional>
#include <set>
#include <string>

namespace rollcall::crdt {

/// How far the end of one topic has come.
struct topic_end {
  std::string topic;
  topic_walk walk = {};

  [[nodiscard]] bool is_done() const noexcept {
    return walk.is_done;
  }
};

/// The topics that other nodes had this one end: one at a time is being ended,
/// the others wait.
///
/// Shape:   a name for each topic that waits, however often it was ended.
/// Threads: one at a time.
class topic_ends {
public:
  /// A topic that is being ended waits to be ended once more: what came in
  /// behind the walk must end as well.
  void add(const std::string& topic) {
    waiting_.insert(topic);
  }

  [[nodiscard]] bool is_empty() const noexcept {
    return !current_ && waiting_.empty();
  }

  /// The one that is being ended. @pre there is one, or one waits.
  [[nodiscard]] topic_end& current() {
    if (!current_) {
      auto next = waiting_.upper_bound(last_);
      if (next == waiting_.end()) // In turns, so that none waits for ever.
        next = waiting_.begin();
      last_ = *next;
      current_.emplace(topic_end{last_});
      waiting_.erase(next);
    }
    return *current_;
  }

  void drop_if_done() noexcept {
    if (current_ && current_->is_done())
      current_.reset();
  }

  void clear() noexcept {
    current_.reset();
    waiting_.clear();
  }

private:
  std::optional<topic_end> current_;
  std::set<std::string> waiting_;
  std::string last_; ///< The topic that was begun last.
};

} // namespace rollcall::crdt
