#pragma once

#include "app/node/change_watch.hpp"

#include <caf/error.hpp>

#include <functional>
#include <string>
#include <vector>

namespace rollcall::node {

/// Certificate files of one part of the node.
struct certificate_user {
  std::string name; ///< As in "the certificates of the cluster".
  std::vector<std::string> files;
  /// Reads the files. After an error the former certificates stay in use.
  std::function<caf::error()> reload;
};

/// Reads certificates again on request, and when their files have changed. Logs
/// what came of it.
///
/// Threads: no locking inside.
class certificate_reloader {
public:
  void add(certificate_user user);

  /// Reads all.
  void reload();

  /// Reads those whose files have changed. Call it every few seconds.
  void look();

private:
  struct watched {
    certificate_user user;
    change_watch files;
  };

  std::vector<watched> all_;
};

} // namespace rollcall::node
