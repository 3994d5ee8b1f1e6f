#pragma once

#include "app/gateway/handshake.hpp"
#include "app/gateway/transport.hpp"
#include "app/gateway/worker.hpp"
#include <rollcall/gateway.hpp>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rollcall::channels {

/// A connection before it is a WebSocket, or that never becomes one.
///
/// Bounded: a request has `handshake_timeout` to arrive, 16 KiB of header and
///          64 KiB of body; an answer that is not read for `write_timeout` ends
///          the connection. However much a client sends at once, others have
///          their turn after each request of its.
/// Threads: confined to its worker's thread.
class http_session final : public std::enable_shared_from_this<http_session> {
public:
  static constexpr std::uint32_t header_bytes_max = 16'384;
  static constexpr std::uint64_t body_bytes_max = 65'536;

  /// Reads and writes before others have their turn: enough for one request.
  static constexpr int steps_per_turn_max = 4;

  /// @param turned_away why the address gets 429 whatever it asks for.
  /// @param place counts the connection.
  http_session(worker& home, boost::asio::ip::tcp::socket socket,
               std::optional<refusal> turned_away, address_limits::lease place);

  void start();
  void sweep(clock::time_point now);
  void abort();

  /// The answer to the asynchronous connect with this number came.
  void take_decision(std::uint64_t number, connect_result decision);

  /// Goes on with the TLS handshake.
  void shake();

  /// Ends at once, if an answer waits that its client does not read.
  void shed();

  std::size_t index = 0; ///< Among its worker's.

private:
  using parser_type
      = boost::beast::http::request_parser<boost::beast::http::string_body>;

  void wait(transport::status why);
  void proceed();
  void proceed_soon();
  [[nodiscard]] bool read();
  [[nodiscard]] bool write();
  void parse();
  void restart_parser();
  void handle();
  void handle_connect(const target& asked, fields params);
  void turn_away();
  void handle_plain(const target& asked);
  /// Runs the checks before the upgrade. @returns whether all passed.
  [[nodiscard]] bool check_connect(const fields& params,
                                   subprotocol_choice& choice);
  void decide();
  void decide_later();
  /// Goes on with what the embedder's `connect` said.
  void finish_connect(connect_result decision);
  void upgrade(connect_result decision);
  void refuse_longpoll();
  void refuse(refusal why, unsigned status, std::string body = {});
  void refuse_unreadable(boost::system::error_code problem);
  void respond(const http_response& response);
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;

  worker& home_;
  transport bytes_;
  std::optional<parser_type> parser_;
  std::string received_; ///< Not yet parsed.
  std::string method_;
  fields headers_;
  std::string answer_;
  std::size_t sent_ = 0; ///< Of the answer.
  counted_bytes unsent_;
  std::string remote_address_;
  std::optional<refusal> turned_away_;
  std::uint16_t remote_port_ = 0;
  clock::time_point deadline_;
  std::shared_ptr<const connect_info> connect_; ///< What is decided upon.
  std::string subprotocol_;                     ///< To be echoed.
  std::uint64_t decision_number_ = 0;
  bool is_deciding_ = false; ///< Waits for the embedder.
  bool keeps_alive_ = false;
  bool is_answering_ = false;
  bool is_gone_ = false;
  bool has_served_ = false; ///< Answered a request on this connection.
};

} // namespace rollcall::channels
