#pragma once

#include <string_view>

namespace rollcall::node {

/// A file of the live page, built into the node.
struct web_file {
  std::string_view path; ///< `/assets/app.js`; the page itself is `/`.
  std::string_view content_type;
  std::string_view bytes;
};

/// The file of this path, nullptr if there is none.
[[nodiscard]] const web_file* find_web_file(std::string_view path);

} // namespace rollcall::node
