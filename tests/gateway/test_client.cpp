#include "tests/gateway/test_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <stdexcept>
#include <utility>

namespace rollcall::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ws = beast::websocket;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

tcp::endpoint local(std::uint16_t port) {
  return {asio::ip::address_v4::loopback(), port};
}

} // namespace

struct test_client::connection {
  /// Starts an operation and waits for its end.
  template <class Start>
  error_code run(Start start) {
    std::optional<error_code> result;
    start([&result](error_code ec, auto...) { result = ec; });
    const auto end = std::chrono::steady_clock::now() + deadline;
    io.restart();
    while (!result && std::chrono::steady_clock::now() < end)
      io.run_one_for(std::chrono::seconds{1});
    if (!result)
      throw std::runtime_error{"nothing happened in time"};
    return *result;
  }

  asio::io_context io;
  ws::stream<beast::tcp_stream> stream{io};
  beast::flat_buffer buffer;
};

test_client::~test_client() = default;

test_client::test_client(std::uint16_t port, const connect_options& how)
    : impl_{std::make_unique<connection>()} {
  auto& stream = beast::get_lowest_layer(impl_->stream);
  stream.connect(local(port));
  stream.socket().set_option(tcp::no_delay{true});
  impl_->stream.set_option(
      ws::stream_base::decorator{[&how](ws::request_type& r) {
        for (const auto& [name, value] : how.headers)
          r.set(name, value);
      }});
  impl_->stream.control_callback(
      [this](ws::frame_type kind, beast::string_view payload) {
        if (kind == ws::frame_type::pong)
          last_pong_ = std::string{payload};
      });
  ws::response_type response;
  impl_->run([&](auto done) {
    impl_->stream.async_handshake(response, "localhost", how.target, done);
  });
  answer_ = {response.result_int(), response.body(),
             std::string{response["sec-websocket-protocol"]}};
}

void test_client::send(std::string_view text) {
  impl_->stream.text(true);
  impl_->run(
      [&](auto done) { impl_->stream.async_write(asio::buffer(text), done); });
}

void test_client::send_binary(std::string_view bytes) {
  impl_->stream.binary(true);
  impl_->run(
      [&](auto done) { impl_->stream.async_write(asio::buffer(bytes), done); });
}

void test_client::ping(std::string_view payload) {
  impl_->run([&](auto done) {
    impl_->stream.async_ping({payload.data(), payload.size()}, done);
  });
}

void test_client::send_raw(std::string_view bytes) {
  error_code ignored;
  asio::write(beast::get_lowest_layer(impl_->stream).socket(),
              asio::buffer(bytes), ignored);
}

std::string test_client::receive() {
  const auto problem = impl_->run(
      [&](auto done) { impl_->stream.async_read(impl_->buffer, done); });
  if (problem) {
    const auto reason = impl_->stream.reason();
    if (problem == ws::error::closed && reason.code == ws::close_code::none)
      return "<closed without a code>";
    const auto code = reason.code == ws::close_code::none ? 1006 : reason.code;
    close_reason_ = std::string{reason.reason.data(), reason.reason.size()};
    return "<closed " + std::to_string(code) + " " + close_reason_ + ">";
  }
  auto text = beast::buffers_to_string(impl_->buffer.data());
  impl_->buffer.consume(impl_->buffer.size());
  return text;
}

std::string test_client::receive_with(std::string_view part) {
  for (;;) {
    auto text = receive();
    if (text.find(part) != std::string::npos)
      return text;
    if (text.starts_with("<closed"))
      throw std::runtime_error{"no " + std::string{part} + " but " + text};
  }
}

std::uint16_t test_client::receive_close() {
  for (;;) {
    const auto text = receive();
    if (text == "<closed without a code>")
      return 1005;
    if (text.starts_with("<closed "))
      return static_cast<std::uint16_t>(std::stoi(text.substr(8)));
  }
}

bool test_client::is_quiet() {
  const auto ref = "q" + std::to_string(++heartbeats_);
  send("[null,\"" + ref + R"(","phoenix","heartbeat",{}])");
  const auto got = receive();
  const auto expected = reply("null", "\"" + ref + "\"", "phoenix", "ok", "{}");
  if (got != expected)
    BOOST_TEST_MESSAGE("not quiet: " << got);
  return got == expected;
}

void test_client::close(std::uint16_t code) {
  impl_->run([&](auto done) {
    impl_->stream.async_close(ws::close_reason{code}, done);
  });
}

void test_client::drop() {
  error_code ignored;
  beast::get_lowest_layer(impl_->stream).socket().close(ignored);
}

void test_client::receive_slowly() {
  error_code ignored;
  beast::get_lowest_layer(impl_->stream)
      .socket()
      .set_option(asio::socket_base::receive_buffer_size{4096}, ignored);
}

void test_client::join(std::string_view topic, std::string_view join_ref,
                       std::string_view payload, std::string_view ref) {
  event(topic, "phx_join", payload, join_ref, ref);
}

void test_client::join_ok(std::string_view topic, std::string_view join_ref,
                          std::string_view payload) {
  join(topic, join_ref, payload, join_ref);
  const auto got = receive_with("phx_reply");
  BOOST_TEST_REQUIRE(got.find("\"status\":\"ok\"") != std::string::npos, got);
}

void test_client::event(std::string_view topic, std::string_view name,
                        std::string_view payload, std::string_view join_ref,
                        std::string_view ref) {
  std::string text = "[";
  text += join_ref == "null" ? std::string{join_ref}
                             : "\"" + std::string{join_ref} + "\"";
  text += ",\"" + std::string{ref} + "\",\"" + std::string{topic} + "\",\""
          + std::string{name} + "\"," + std::string{payload} + "]";
  send(text);
}

http_answer raw_http(std::uint16_t port, std::string_view request_text) {
  asio::io_context io;
  beast::tcp_stream stream{io};
  stream.connect(local(port));
  asio::write(stream.socket(), asio::buffer(request_text));
  beast::flat_buffer buffer;
  beast::http::response<beast::http::string_body> response;
  error_code problem;
  stream.expires_after(test_client::deadline);
  beast::http::async_read(
      stream, buffer, response,
      [&problem](error_code ec, std::size_t) { problem = ec; });
  io.run();
  if (problem)
    return {};
  return {response.result_int(), response.body(), {}};
}

std::string reply(std::string_view join_ref, std::string_view ref,
                  std::string_view topic, std::string_view status,
                  std::string_view response) {
  std::string text = "[";
  text += join_ref;
  text += ",";
  text += ref;
  text += ",\"" + std::string{topic} + R"(","phx_reply",{"status":")";
  text += status;
  text += R"(","response":)";
  text += response;
  return text + "}]";
}

} // namespace rollcall::test
