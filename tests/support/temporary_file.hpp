#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace rollcall::test {

/// A file that is removed with the value.
class temporary_file {
public:
  explicit temporary_file(const std::string& content) {
    const auto file = ::mkstemp(path_.data());
    if (file < 0)
      throw std::runtime_error{"mkstemp"};
    ::close(file);
    std::ofstream{path_, std::ios::binary} << content;
  }

  ~temporary_file() {
    ::unlink(path_.c_str());
  }

  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  void write(const std::string& content) const {
    std::ofstream{path_, std::ios::binary} << content;
  }

  [[nodiscard]] const std::string& path() const noexcept {
    return path_;
  }

private:
  std::string path_
      = (std::filesystem::temp_directory_path() / "rollcall-XXXXXX").string();
};

} // namespace rollcall::test
