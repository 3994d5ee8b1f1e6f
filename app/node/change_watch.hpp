#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace rollcall::node {

/// What tells one content of a file from the next. A file that cannot be seen
/// has the default.
struct file_stamp {
  std::int64_t modified_ns = 0;
  std::uint64_t inode = 0;
  std::int64_t bytes = 0;

  friend bool operator==(const file_stamp&, const file_stamp&) = default;
};

/// Decides when files that belong together are read again: after a change, once
/// two looks in a row see the same. A certificate and its key are replaced one
/// after the other, and do not match in between. Pure.
class change_watch {
public:
  explicit change_watch(std::vector<file_stamp> now) : read_{now}, last_{now} {
  }

  /// @returns whether to read the files now.
  [[nodiscard]] bool look(std::vector<file_stamp> now) {
    const bool is_calm = now == last_;
    last_ = std::move(now);
    if (!is_calm || last_ == read_)
      return false;
    read_ = last_;
    return true;
  }

private:
  std::vector<file_stamp> read_; ///< When they were read.
  std::vector<file_stamp> last_; ///< At the last look.
};

} // namespace rollcall::node
