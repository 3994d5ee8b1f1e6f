#pragma once

#include "tests/cluster/hostile_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <string>

extern char** environ;

namespace rollcall::test {

/// A process that serves BASP on a bare port, to show that what we send to a
/// link does harm where there is none.
class bare_node {
public:
  bare_node() {
    int in[2];
    int out[2];
    if (::pipe(in) != 0 || ::pipe(out) != 0)
      return;
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addclose(&actions, in[1]);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", 1,
                                       0);
    std::string program = BARE_BASP;
    char* arguments[] = {program.data(), nullptr};
    ::posix_spawn(&process_, BARE_BASP, &actions, nullptr, arguments, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    stdin_ = in[1];
    if (auto* text = ::fdopen(out[0], "r")) {
      unsigned number = 0;
      if (std::fscanf(text, "%u", &number) == 1)
        port = static_cast<std::uint16_t>(number);
      std::fclose(text);
    }
  }

  ~bare_node() {
    ::close(stdin_);
    if (!is_reaped_) {
      ::kill(process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
    }
  }

  bare_node(const bare_node&) = delete;
  bare_node& operator=(const bare_node&) = delete;

  /// Waits for its end. @returns whether a signal killed it in that time.
  bool is_killed_within(int timeout_ms) {
    // A process has no event that `poll` knows without pidfd, so use one.
    const auto handle
        = static_cast<int>(::syscall(SYS_pidfd_open, process_, 0));
    pollfd entry{handle, POLLIN, 0};
    const bool ended = ::poll(&entry, 1, timeout_ms) == 1;
    ::close(handle);
    if (!ended)
      return false;
    int status = 0;
    ::waitpid(process_, &status, 0);
    is_reaped_ = true;
    return WIFSIGNALED(status);
  }

  /// Whether it greets a new connection, as a BASP server does at once.
  [[nodiscard]] bool greets_within(int timeout_ms) const {
    const auto socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool greets = false;
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address)
        == 0) {
      pollfd entry{socket, POLLIN, 0};
      char byte;
      greets = ::poll(&entry, 1, timeout_ms) == 1
               && ::recv(socket, &byte, 1, 0) == 1;
    }
    ::close(socket);
    return greets;
  }

  std::uint16_t port = 0;

private:
  pid_t process_ = 0;
  int stdin_ = -1;
  bool is_reaped_ = false;
};

} // namespace rollcall::test
