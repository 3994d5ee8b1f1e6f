#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::crdt {

/// In which topics one key has presences, and how many. Most keys are in one or
/// two topics, and some in very many: a few are a small vector, many a tree.
///
/// Shape:   32 bytes, and 16 a topic; above `few_max` topics 64 each.
/// Threads: one at a time.
class topic_tally {
public:
  static constexpr std::size_t few_max = 64;

  /// Changes a count, which may be below 0 for a moment.
  /// @returns false if there is none of this topic, and nothing was done.
  bool change(std::string_view topic, int by);

  /// Starts to count a topic.
  /// @pre there is no count of it, and `topic` outlives this.
  void start(const std::string& topic, int presences);

  /// Ends to count a topic if its count is 0. @returns the text that `start`
  /// got, or null if it goes on.
  const std::string* end_if_zero(std::string_view topic);

  [[nodiscard]] bool is_empty() const noexcept {
    return many_ ? many_->empty() : few_.empty();
  }

  /// In all topics.
  [[nodiscard]] std::int64_t total() const noexcept {
    return total_;
  }

  /// In the topics that begin with `prefix`.
  [[nodiscard]] std::int64_t count(std::string_view prefix) const;

private:
  struct entry {
    const std::string* topic;
    std::int64_t presences;
  };
  struct by_text {
    using is_transparent = void;
    bool operator()(const std::string* a, const std::string* b) const {
      return *a < *b;
    }
    bool operator()(const std::string* a, std::string_view b) const {
      return *a < b;
    }
    bool operator()(std::string_view a, const std::string* b) const {
      return a < *b;
    }
  };
  using tree = std::map<const std::string*, std::int64_t, by_text>;

  std::vector<entry> few_;
  std::unique_ptr<tree> many_; ///< If there are or were many.
  std::int64_t total_ = 0;
};

} // namespace rollcall::crdt
