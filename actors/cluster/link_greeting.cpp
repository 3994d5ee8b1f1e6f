// The first half of a connection: TLS, then a hello each.
#include "actors/cluster/link_connection.hpp"
#include "actors/cluster/link_core.hpp"
#include "actors/cluster/node_id.hpp"

#include <boost/asio/error.hpp>
#include <fmt/format.h>

#include <utility>

namespace rollcall {

namespace asio = boost::asio;

namespace {

std::string_view refusal(hello_status status) {
  switch (status) {
  case hello_status::myself:
    return "the node connected to itself";
  case hello_status::duplicate:
    return "the two nodes have a link already";
  default:
    return "a node has as many links as it allows";
  }
}

link_error error_of(hello_status status) {
  switch (status) {
  case hello_status::myself:
    return link_error::myself;
  case hello_status::duplicate:
    return link_error::duplicate;
  default:
    return link_error::full;
  }
}

} // namespace

void link_connection::shake_hands() {
  stream_->handshake(side_,
                     [self = shared_from_this()](const error_code& failed) {
                       if (self->has_ended_)
                         return;
                       if (failed)
                         self->handshake_failed(failed);
                       else if (self->side_ == link_side::accepted)
                         self->hear_hello();
                       else
                         self->say_hello(hello_status::accepted);
                     });
}

// Sends the alert out and lets the peer read it, where a close might reset the
// connection and lose it.
void link_connection::handshake_failed(const error_code& failed) {
  const auto fault
      = is_plaintext_peer(failed) ? link_reject::plaintext : link_reject::tls;
  const auto stream = stream_;
  end(is_tls_failure(failed) ? link_error::untrusted : link_error::handshake,
      fmt::format("TLS: {}", failed.message()), fault);
  stream->linger([self = shared_from_this()] { self->remove(); });
}

void link_connection::say_hello(hello_status status) {
  hello_ = encode({.status = status, .node = core_.self()});
  stream_->write(asio::buffer(hello_),
                 [self = shared_from_this(), status](const error_code& failed,
                                                     std::size_t) {
                   if (self->has_ended_)
                     return;
                   if (failed)
                     self->end(link_error::handshake, failed.message());
                   else if (self->side_ == link_side::dialed)
                     self->hear_hello();
                   else if (status != hello_status::accepted)
                     self->end(error_of(status), std::string{refusal(status)});
                   else
                     self->wait_or_proceed();
                 });
}

void link_connection::hear_hello() {
  stream_->read(
      asio::buffer(hello_),
      [self = shared_from_this()](const error_code& failed, std::size_t) {
        if (self->has_ended_)
          return;
        if (!failed)
          self->heard_hello();
        else if (is_tls_failure(failed))
          self->handshake_failed(failed);
        else
          self->end(link_error::handshake, failed == asio::error::eof
                                               ? "closed by the peer"
                                               : failed.message());
      });
}

void link_connection::heard_hello() {
  const auto hello = decode(hello_);
  if (const auto* wrong = std::get_if<std::string_view>(&hello))
    return end(link_error::handshake, std::string{*wrong}, link_reject::hello);
  const auto& good = std::get<link_hello>(hello);
  if (!node_of(good.node))
    end(link_error::handshake, "a node without id", link_reject::hello);
  else if (side_ == link_side::accepted)
    answer_hello(good.node);
  else
    take_answer(good);
}

void link_connection::answer_hello(const node_key& peer) {
  const auto status = core_.admit(*this, peer);
  if (status == hello_status::accepted)
    peer_ = peer;
  else
    core_.count_reject(link_reject::refused);
  say_hello(status);
}

void link_connection::take_answer(const link_hello& answer) {
  if (answer.status != hello_status::accepted)
    return end(error_of(answer.status), std::string{refusal(answer.status)});
  peer_ = answer.node;
  if (core_.settle(*this))
    wait_or_proceed();
  else
    end(link_error::duplicate, std::string{refusal(hello_status::duplicate)});
}

} // namespace rollcall
