#include "app/node/last_words.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>

namespace rollcall::node {

namespace {

/// A line without memory of its own.
class line {
public:
  line& operator<<(std::string_view text) noexcept {
    const auto count = std::min(text.size(), text_.size() - size_);
    std::memcpy(text_.data() + size_, text.data(), count);
    size_ += count;
    return *this;
  }

  void write() const noexcept {
    [[maybe_unused]] const auto written
        = ::write(STDERR_FILENO, text_.data(), size_);
  }

private:
  std::array<char, 512> text_{};
  std::size_t size_ = 0;
};

[[noreturn]] void say_last_words() noexcept {
  line words;
  words << "rollcall-node: ends at once: ";
  try {
    if (const auto current = std::current_exception())
      std::rethrow_exception(current);
    words << "terminated without an exception";
  } catch (const std::bad_alloc&) {
    words << "memory ran out where nothing could be given up";
  } catch (const std::exception& uncaught) {
    words << "nobody caught: " << uncaught.what();
  } catch (...) {
    words << "nobody caught an exception of an unknown type";
  }
  (words << "\n").write();
  std::abort();
}

} // namespace

void install_last_words() noexcept {
  std::set_terminate(say_last_words);
}

} // namespace rollcall::node
