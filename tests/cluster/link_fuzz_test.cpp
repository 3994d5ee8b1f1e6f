#include "actors/cluster/link_hello.hpp"
#include "tests/cluster/hostile_client.hpp"
#include "tests/cluster/link_fixture.hpp"
#include "tests/support/seed.hpp"

#include <cstdlib>
#include <fstream>
#include <random>

namespace rollcall::test {

namespace {

using caf::io::basp::message_type;

/// `ROLLCALL_FUZZ_SECONDS`, 2 unless set.
std::chrono::seconds fuzz_time() {
  const char* text = std::getenv("ROLLCALL_FUZZ_SECONDS");
  return std::chrono::seconds{text != nullptr ? std::atoi(text) : 2};
}

/// Memory of this process in KiB.
std::size_t resident_kib() {
  std::ifstream file{"/proc/self/statm"};
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return resident * 4;
}

class attacker {
public:
  attacker(std::uint64_t seed, const node_key& target, std::uint64_t published)
      : random_(seed),
        target_(target),
        published_(published) {
    // nop
  }

  /// One connection with one kind of nonsense.
  void attack(hostile_client& client) {
    const auto kind = below(6);
    if (kind == 0)
      return client.send(noise(below(200)));
    const auto self = some_node(static_cast<std::uint8_t>(below(256)));
    if (kind == 1)
      return client.send(broken_hello(self));
    if (!client.say_hello(self))
      return;
    if (kind == 2)
      return client.send(noise(below(4000)));
    if (kind == 3)
      return client.send(any_frame());
    client.send(client_handshake(self));
    for (auto frames = below(20); frames > 0; --frames)
      client.send(kind == 4 ? any_frame() : good_frame(self));
  }

private:
  std::uint64_t below(std::uint64_t bound) {
    return random_() % bound;
  }

  bytes noise(std::size_t size) {
    bytes out(size);
    for (auto& byte : out)
      byte = static_cast<std::byte>(random_());
    return out;
  }

  bytes broken_hello(const node_key& self) {
    const auto hello = rollcall::encode(link_hello{.node = self});
    bytes out{hello.begin(), hello.end()};
    out[below(out.size())] = static_cast<std::byte>(random_());
    out.resize(below(out.size() + 1));
    return out;
  }

  /// Small, zero, or anything.
  std::uint64_t number() {
    switch (below(4)) {
    case 0:
      return 0;
    case 1:
      return random_();
    default:
      return below(64);
    }
  }

  bytes any_frame() {
    const auto size = static_cast<std::uint32_t>(number());
    return encode({.operation = static_cast<message_type>(below(9)),
                   .flags = static_cast<std::uint8_t>(number()),
                   .payload_bytes = size,
                   .operation_data = number(),
                   .source = number(),
                   .destination = number()})
           + noise(std::min<std::uint32_t>(size, 1000));
  }

  /// Passes the guard, so that CAF has to bear it, unless a byte of it was
  /// changed.
  bytes good_frame(const node_key& self) {
    auto out = [&] {
      switch (below(3)) {
      case 0:
        return monitor_message(self, target_, published_);
      case 1:
        return down_message(self, target_, 1 + below(40));
      default:
        return wire_message(published_, std::string(below(300), 'x'));
      }
    }();
    if (below(2) == 0)
      out[below(out.size())] = static_cast<std::byte>(random_());
    return out;
  }

  std::mt19937_64 random_;
  node_key target_;
  std::uint64_t published_;
};

void fuzz(link_config settings, const link_config& friendly) {
  settings.accepts_per_second = 100'000;
  BOOST_TEST_MESSAGE("ROLLCALL_TEST_SEED=" << seed());
  node ours{settings};
  node other{friendly};
  const auto peer = other.join(ours.port);
  attacker random{seed(), key_of(ours.system().node()), ours.published().id()};
  std::size_t rounds = 0;
  std::size_t warm_kib = 0;
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < fuzz_time()) {
    auto client = settings.has_tls() ? hostile_client{ours.port, friendly}
                                     : hostile_client{ours.port};
    random.attack(client);
    if (++rounds == 200)
      warm_kib = resident_kib();
    if (rounds % 50 == 0)
      BOOST_REQUIRE(!!other.ask(peer.published, 1));
  }
  BOOST_TEST(*other.ask(peer.published, 5) == 5);
  BOOST_TEST(other.log.downs() == 0u);
  BOOST_TEST_MESSAGE(rounds << " attacks, " << warm_kib << " KiB after 200, "
                            << resident_kib() << " KiB at the end");
}

} // namespace

BOOST_AUTO_TEST_SUITE(link_fuzz_tests)

// Goal: whatever comes in costs the sender its connection and nothing else: an
// honest link beside it stays up and works.
// Method: connections with random nonsense at every stage of the handshakes,
// from somebody with a certificate, then without TLS.
BOOST_AUTO_TEST_CASE(hostile_bytes_over_tls_do_no_harm) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << seed()) {
    fuzz(tls_as("a"), tls_as("b"));
  }
}

BOOST_AUTO_TEST_CASE(hostile_bytes_in_plaintext_do_no_harm) {
  BOOST_TEST_CONTEXT("ROLLCALL_TEST_SEED=" << seed()) {
    fuzz(plaintext(), plaintext());
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace rollcall::test
