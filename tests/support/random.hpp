#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace rollcall::test {

/// The random choices of one test run, all from one seed and the same on every
/// machine (standard distributions are not).
class random_source {
public:
  explicit random_source(std::uint64_t seed) : engine_{seed} {
  }

  /// 0 to `count` - 1. @pre `count` > 0.
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(engine_() % count);
  }

  /// `low` to `high`, both included.
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + engine_() % (high - low + 1);
  }

  bool chance(double probability) {
    return static_cast<double>(engine_() >> 11) * 0x1p-53 < probability;
  }

  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

  template <class T>
  void shuffle(std::vector<T>& items) {
    for (auto i = items.size(); i > 1; --i)
      std::swap(items[i - 1], items[below(i)]);
  }

private:
  std::mt19937_64 engine_;
};

} // namespace rollcall::test
