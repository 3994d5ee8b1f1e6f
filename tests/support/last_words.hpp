#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>

namespace rollcall::test {

namespace detail {

/// What becomes of the child: it ends by `work`, or in time.
template <class Work>
[[noreturn]] void run_child(int errors, Work& work) {
  constexpr unsigned patience_s = 30;
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  std::signal(SIGABRT, SIG_DFL);
  std::signal(SIGALRM, SIG_DFL);
  alarm(patience_s);
  dup2(errors, STDERR_FILENO);
  work();
  _exit(0);
}

} // namespace detail

/// Runs something that must abort, in a process of its own. @returns what it
/// said on stderr; nothing if it came to its end, or hung.
template <class Work>
[[nodiscard]] std::string last_words(Work work) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0)
    return {};
  const auto child = fork();
  if (child == 0)
    detail::run_child(ends[1], work);
  close(ends[1]);
  std::string result;
  std::array<char, 512> part{};
  for (auto size = read(ends[0], part.data(), part.size()); size > 0;
       size = read(ends[0], part.data(), part.size()))
    result.append(part.data(), static_cast<std::size_t>(size));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
    return {};
  return result;
}

} // namespace rollcall::test
