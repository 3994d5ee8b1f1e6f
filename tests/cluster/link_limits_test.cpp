#include "tests/cluster/hostile_client.hpp"
#include "tests/cluster/link_fixture.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace rollcall::test {

namespace {

/// Leaves this process without a free descriptor for as long as it lives.
class no_descriptors {
public:
  no_descriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const auto lowest = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    filler_.push_back(lowest);
    auto limit = before_;
    limit.rlim_cur = static_cast<rlim_t>(std::max(lowest, 64)) + 64;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    for (int next; (next = ::dup(lowest)) >= 0;)
      filler_.push_back(next);
  }

  ~no_descriptors() {
    for (const auto descriptor : filler_)
      ::close(descriptor);
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }

  no_descriptors(const no_descriptors&) = delete;
  no_descriptors& operator=(const no_descriptors&) = delete;

private:
  rlimit before_{};
  std::vector<int> filler_;
};

bool connect_to(int socket, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::connect(socket, reinterpret_cast<sockaddr*>(&address),
                   sizeof address)
         == 0;
}

/// So many clients that connect and say nothing.
std::vector<hostile_client> crowd_of(int count, const node& before) {
  std::vector<hostile_client> result;
  for (int i = 0; i < count; ++i)
    result.emplace_back(before.port);
  return result;
}

/// Expects that one was turned away, and so many are not.
void check_turned_away(hostile_client& one, node& by, std::size_t others) {
  BOOST_TEST(one.is_closed_by_peer());
  BOOST_TEST(by.links->stats().rejected_for(link_reject::crowded) == 1u);
  BOOST_TEST(
      eventually([&] { return by.links->stats().handshakes == others; }));
}

} // namespace

BOOST_AUTO_TEST_SUITE(link_limits_tests)

BOOST_AUTO_TEST_CASE(the_oldest_handshake_makes_room_for_a_new_one) {
  node ours{with(plaintext(), &link_config::handshakes_max, 4)};
  auto crowd = crowd_of(5, ours);
  check_turned_away(crowd.front(), ours, 4);
}

BOOST_AUTO_TEST_CASE(an_honest_peer_gets_in_through_a_crowd) {
  node ours{with(tls_as("a"), &link_config::handshakes_max, 4)};
  node other{tls_as("b")};
  auto crowd = crowd_of(50, ours);
  BOOST_TEST(!!other.connect(ours.port));
}

BOOST_AUTO_TEST_CASE(a_handshake_that_is_not_completed_times_out) {
  node ours{with(plaintext(), &link_config::handshake_timeout,
                 std::chrono::milliseconds{200})};
  hostile_client silent{ours.port};
  hostile_client half_way{ours.port};
  half_way.send(bytes(20, std::byte{'r'}));
  hostile_client almost{ours.port};
  BOOST_REQUIRE(!!almost.say_hello(some_node(1)));
  BOOST_TEST(silent.is_closed_by_peer());
  BOOST_TEST(half_way.is_closed_by_peer());
  BOOST_TEST(almost.is_closed_by_peer());
  BOOST_TEST(ours.links->stats().rejected_for(link_reject::timeout) == 3u);
  BOOST_TEST(eventually([&] { return ours.links->stats().handshakes == 0; }));
}

BOOST_AUTO_TEST_CASE(one_link_too_many_is_refused_on_both_sides) {
  node ours{with(plaintext(), &link_config::links_max, 1)};
  node first{plaintext()};
  node second{plaintext()};
  first.join(ours.port);
  BOOST_TEST(code_of(second.connect(ours.port)) == link_error::full);
  BOOST_TEST(ours.links->stats().rejected_for(link_reject::refused) == 1u);
  BOOST_TEST(ours.links->stats().links_open == 1u);
}

BOOST_AUTO_TEST_CASE(an_address_that_connects_too_often_is_turned_away) {
  node ours{with(plaintext(), &link_config::accepts_per_second, 3)};
  auto crowd = crowd_of(4, ours);
  check_turned_away(crowd.back(), ours, 3);
}

// Goal: what a peer sends faster than this node deals with it stays with the
// peer, and comes when there is room.
BOOST_AUTO_TEST_CASE(
    a_peer_that_floods_is_read_as_fast_as_its_words_are_taken) {
  auto settings = plaintext();
  settings.frame_bytes_max = 64u << 10;
  settings.inflow_bytes_max = 1u << 20;
  node ours{settings};
  node other{plaintext()};
  const auto peer = other.join(ours.port);
  const auto link = ours.log.next_up();
  constexpr std::uint64_t count = 400;
  constexpr std::uint64_t text = 32u << 10;
  constexpr auto one = text + link_traffic::message_bytes;
  for (std::uint64_t i = 0; i < count; ++i)
    other.send(peer.published, std::string(text, 'x'));
  BOOST_TEST(eventually(
      [&] { return link.traffic->handed > settings.inflow_bytes_max; }));
  // One block of 64 KiB may have been on its way.
  BOOST_TEST(link.traffic->handed < settings.inflow_bytes_max + 4 * one);
  for (std::uint64_t taken = 1; taken <= count; ++taken)
    link.traffic->taken = taken * one;
  BOOST_TEST(eventually([&] { return link.traffic->handed == count * one; }));
}

// Goal: without descriptors the node neither spins nor gives its port up.
BOOST_AUTO_TEST_CASE(a_node_out_of_descriptors_waits_and_recovers) {
  node ours{with(plaintext(), &link_config::accept_backoff,
                 std::chrono::milliseconds{50})};
  const auto client = ::socket(AF_INET, SOCK_STREAM, 0);
  const auto before = cpu_time();
  {
    no_descriptors left;
    BOOST_REQUIRE(connect_to(client, ours.port));
    BOOST_TEST(
        eventually([&] { return ours.links->stats().accept_errors >= 4; }));
    BOOST_TEST(ours.links->stats().accepted == 0u);
  }
  BOOST_TEST(eventually([&] { return ours.links->stats().accepted == 1; }));
  BOOST_TEST((cpu_time() - before < std::chrono::milliseconds{250}));
  ::close(client);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
