#pragma once

#include <time.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string_view>
#include <vector>

namespace rollcall::bench {

/// Prints one figure as one JSON line. @pre no string needs escaping.
inline void report(std::string_view bench, std::string_view figure,
                   double value, std::string_view unit) {
  std::printf("{\"bench\":\"%.*s\",\"figure\":\"%.*s\",\"value\":%.6g,"
              "\"unit\":\"%.*s\"}\n",
              static_cast<int>(bench.size()), bench.data(),
              static_cast<int>(figure.size()), figure.data(), value,
              static_cast<int>(unit.size()), unit.data());
  std::fflush(stdout);
}

/// Processor time of the calling thread since its making: what others do on
/// the same machine shows less in it than in the time of the wall.
class stopwatch {
public:
  [[nodiscard]] double seconds() const {
    return now() - start_;
  }

private:
  static double now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec)
           + static_cast<double>(time.tv_nsec) * 1e-9;
  }

  double start_ = now();
};

/// Runs `body` some times. @returns the median of what the runs returned.
template <class Body>
double median_of(std::size_t runs, Body body) {
  std::vector<double> results;
  for (std::size_t i = 0; i < runs; ++i)
    results.push_back(body());
  std::sort(results.begin(), results.end());
  return results[results.size() / 2];
}

/// Keeps the compiler from dropping the work behind a value.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

} // namespace rollcall::bench
