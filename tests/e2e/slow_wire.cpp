// A long wire between two network interfaces: what comes in at one goes out at
// the other a while later. For kernels without netem.
//
//   slow_wire INTERFACE INTERFACE MILLISECONDS
//
// Prints a line when it works, and ends with its standard input.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <stdexcept>
#include <string>

namespace {

using clock_type = std::chrono::steady_clock;

/// More that are under way are lost, as on any wire.
constexpr std::size_t frames_max = 20'000;

/// A segment that the sending kernel has not cut yet, with its header.
constexpr std::size_t frame_bytes_max = 70'000;

struct frame {
  clock_type::time_point due;
  std::string bytes;
};

/// Everything that passes an interface.
class tap {
public:
  explicit tap(const char* name)
      : socket_{socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_ALL))} {
    sockaddr_ll where{};
    where.sll_family = AF_PACKET;
    where.sll_protocol = htons(ETH_P_ALL);
    where.sll_ifindex = static_cast<int>(if_nametoindex(name));
    // Checksums and segments are left to the kernel that takes the frame.
    const int on = 1;
    if (socket_ < 0 || where.sll_ifindex == 0
        || setsockopt(socket_, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) != 0
        || bind(socket_, reinterpret_cast<sockaddr*>(&where), sizeof where)
               != 0)
      throw std::runtime_error{std::string{"cannot tap "} + name};
  }
  tap(const tap&) = delete;
  tap& operator=(const tap&) = delete;
  ~tap() {
    close(socket_);
  }

  /// Takes what came in, to go out `later`.
  void receive(std::deque<frame>& into, std::chrono::milliseconds later) {
    for (;;) {
      sockaddr_ll from{};
      socklen_t size = sizeof from;
      const auto bytes = recvfrom(socket_, buffer_.data(), buffer_.size(), 0,
                                  reinterpret_cast<sockaddr*>(&from), &size);
      if (bytes <= 0)
        return;
      // What goes out here was sent by us.
      if (from.sll_pkttype != PACKET_OUTGOING && into.size() < frames_max)
        into.push_back({clock_type::now() + later,
                        {buffer_.data(), static_cast<std::size_t>(bytes)}});
    }
  }

  /// Sends what is due.
  void send(std::deque<frame>& from) {
    while (!from.empty() && from.front().due <= clock_type::now()) {
      const auto& bytes = from.front().bytes;
      if (::send(socket_, bytes.data(), bytes.size(), 0) < 0)
        std::perror("slow_wire: lost a frame");
      from.pop_front();
    }
  }

  [[nodiscard]] int descriptor() const {
    return socket_;
  }

private:
  int socket_;
  std::array<char, frame_bytes_max> buffer_{};
};

int milliseconds_to_wait(const std::deque<frame>& a,
                         const std::deque<frame>& b) {
  auto next = clock_type::time_point::max();
  for (const auto* each : {&a, &b})
    if (!each->empty())
      next = std::min(next, each->front().due);
  if (next == clock_type::time_point::max())
    return -1;
  const auto left
      = std::chrono::ceil<std::chrono::milliseconds>(next - clock_type::now());
  return static_cast<int>(std::max(left.count(), std::int64_t{0}));
}

void run(tap& left, tap& right, std::chrono::milliseconds later) {
  std::deque<frame> to_right, to_left;
  for (;;) {
    std::array<pollfd, 3> wanted{pollfd{left.descriptor(), POLLIN, 0},
                                 pollfd{right.descriptor(), POLLIN, 0},
                                 pollfd{STDIN_FILENO, POLLIN, 0}};
    poll(wanted.data(), wanted.size(), milliseconds_to_wait(to_right, to_left));
    if (wanted[2].revents != 0)
      return;
    left.receive(to_right, later);
    right.receive(to_left, later);
    left.send(to_left);
    right.send(to_right);
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: slow_wire INTERFACE INTERFACE MILLISECONDS\n", stderr);
    return 2;
  }
  try {
    tap left{argv[1]};
    tap right{argv[2]};
    std::puts("works");
    std::fflush(stdout);
    run(left, right, std::chrono::milliseconds{std::atoi(argv[3])});
    return 0;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "slow_wire: %s\n", problem.what());
    return 1;
  }
}
