#include "app/gateway/socket_stream.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <thread>
#include <utility>

using namespace rollcall::channels;
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// A stream and the socket of its client, driven by hand.
struct connected {
  static tcp::socket accepted(asio::io_context& io, tcp::socket& client) {
    tcp::acceptor door{io, {asio::ip::address_v4::loopback(), 0}};
    client.connect(door.local_endpoint());
    return door.accept();
  }

  explicit connected(std::string received = {})
      : stream{io, transport{accepted(io, client), nullptr},
               std::move(received), counts} {
  }

  /// What the operation came to, if it did.
  using outcome = std::optional<std::pair<error_code, std::size_t>>;

  auto into(outcome& result) {
    return [&result](error_code problem, std::size_t bytes) {
      result = {problem, bytes};
    };
  }

  void wait_for(outcome& result) {
    io.restart();
    while (!result)
      io.run_one();
  }

  std::string read(std::size_t bytes_max = 100) {
    std::string text(bytes_max, ' ');
    outcome result;
    stream.async_read_some(asio::buffer(text), into(result));
    wait_for(result);
    text.resize(result->second);
    return text;
  }

  std::size_t write(const std::string& text) {
    outcome result;
    stream.async_write_some(asio::buffer(text), into(result));
    BOOST_TEST(!result); // Never within the call.
    wait_for(result);
    BOOST_TEST(!result->first);
    return result->second;
  }

  std::string client_reads(std::size_t bytes) {
    std::string text(bytes, ' ');
    asio::read(client, asio::buffer(text));
    return text;
  }

  asio::io_context io;
  tcp::socket client{io};
  counters counts;
  socket_stream stream;
};

} // namespace

BOOST_AUTO_TEST_SUITE(socket_stream_tests)

BOOST_AUTO_TEST_CASE(what_came_behind_the_request_is_read_first) {
  connected both{"abc"};
  asio::write(both.client, asio::buffer("def", 3));
  BOOST_TEST(both.read(2) == "ab");
  BOOST_TEST(both.read() == "c");
  BOOST_TEST(both.read() == "def");
  BOOST_TEST(both.counts.bytes_in.get() == 3u);
}

BOOST_AUTO_TEST_CASE(small_writes_gather_until_flushed) {
  connected both;
  BOOST_TEST(both.write("ab") == 2u);
  BOOST_TEST(both.stream.write_some(asio::buffer("cd", 2)) == 2u);
  BOOST_TEST(both.counts.bytes_out.get() == 0u);
  BOOST_TEST((both.stream.flush() == transport::status::ok));
  BOOST_TEST(both.stream.is_flushed());
  BOOST_TEST(both.client_reads(4) == "abcd");
}

BOOST_AUTO_TEST_CASE(a_large_message_is_written_through) {
  connected both;
  const std::string large(socket_stream::gathered_bytes_max + 1, 'x');
  BOOST_TEST(both.stream.write_some(asio::buffer(large)) == large.size());
  BOOST_TEST(both.stream.is_flushed());
  BOOST_TEST(both.client_reads(large.size()) == large);
}

BOOST_AUTO_TEST_CASE(a_large_message_stays_behind_a_small_one) {
  connected both;
  const std::string large(socket_stream::gathered_bytes_max + 1, 'x');
  both.stream.write_some(asio::buffer("ab", 2));
  both.stream.write_some(asio::buffer(large));
  BOOST_TEST(!both.stream.has_room());
  BOOST_TEST((both.stream.flush() == transport::status::ok));
  BOOST_TEST(both.client_reads(2 + large.size()) == "ab" + large);
}

BOOST_AUTO_TEST_CASE(an_answer_of_beast_waits_for_a_client_that_does_not_read) {
  connected both;
  const std::string block(1u << 20, 'x');
  std::size_t written = 0;
  while (both.stream.flush() == transport::status::ok)
    written += both.stream.write_some(asio::buffer(block));
  connected::outcome result;
  both.stream.async_write_some(asio::buffer("pong", 4), both.into(result));
  both.io.restart();
  both.io.poll();
  BOOST_TEST(!result);
  std::thread reading{[&] { both.client_reads(written); }};
  both.wait_for(result);
  BOOST_TEST(result->second == 4u);
  reading.join();
}

BOOST_AUTO_TEST_CASE(the_end_of_the_client_is_an_end_of_file) {
  connected both;
  both.client.close();
  connected::outcome result;
  std::string text(10, ' ');
  both.stream.async_read_some(asio::buffer(text), both.into(result));
  both.wait_for(result);
  BOOST_TEST((result->first == asio::error::eof));
}

BOOST_AUTO_TEST_SUITE_END()
