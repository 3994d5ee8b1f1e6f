#include "tests/gateway/fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace rollcall;
using namespace rollcall::test;

namespace {

/// A gateway that answers every request with 200, so that a refusal is its own.
struct with_pages : running_gateway {
  with_pages() : running_gateway{test_settings()} {
    door.on_http([](const http_request&) {
      return http_response{200, "text/plain", "ok", {}};
    });
    open();
  }

  /// The status of an answer after which the connection is closed.
  unsigned status_of(const std::string& request) {
    return raw_http(port(), request).status;
  }

  std::uint64_t malformed() const {
    return refused(refusal::malformed_http);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_strictness_tests, with_pages)

BOOST_AUTO_TEST_CASE(one_host_is_served) {
  BOOST_TEST(status_of("GET / HTTP/1.1\r\nHost: a\r\n\r\n") == 200u);
  BOOST_TEST(status_of("GET / HTTP/1.0\r\n\r\n") == 200u);
  BOOST_TEST(malformed() == 0u);
}

BOOST_AUTO_TEST_CASE(two_hosts_are_refused) {
  BOOST_TEST(status_of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") == 400u);
  BOOST_TEST(status_of("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n") == 400u);
  BOOST_TEST(malformed() == 2u);
}

BOOST_AUTO_TEST_CASE(a_request_of_1_1_without_host_is_refused) {
  BOOST_TEST(status_of("GET / HTTP/1.1\r\nAccept: x\r\n\r\n") == 400u);
  BOOST_TEST(malformed() == 1u);
}

BOOST_AUTO_TEST_CASE(a_folded_header_is_refused) {
  BOOST_TEST(status_of("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n")
             == 400u);
  BOOST_TEST(status_of("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n\t2\r\n\r\n")
             == 400u);
  BOOST_TEST(malformed() == 2u);
}

BOOST_AUTO_TEST_CASE(another_transfer_encoding_than_chunked_is_refused) {
  for (const std::string each : {"xchunked", "identity", "gzip, chunked",
                                 "chunked, xchunked", "chunked, chunked"})
    BOOST_TEST(status_of("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
                         + each + "\r\n\r\n0\r\n\r\n")
                   == 400u,
               each);
  BOOST_TEST(malformed() == 5u);
  BOOST_TEST(status_of("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
                       "chunked\r\n\r\n0\r\n\r\n")
             == 200u);
}

BOOST_AUTO_TEST_CASE(lengths_that_contradict_each_other_are_refused) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\n";
  BOOST_TEST(
      status_of(head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab")
      == 400u);
  BOOST_TEST(status_of(head + "Content-Length: 1, 2\r\n\r\nab") == 400u);
  BOOST_TEST(status_of(head
                       + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"
                         "\r\n0\r\n\r\n")
             == 400u);
  BOOST_TEST(status_of(head
                       + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"
                         "\r\n0\r\n\r\n")
             == 400u);
  BOOST_TEST(malformed() == 4u);
}

BOOST_AUTO_TEST_SUITE_END()
