#include "app/examples/arena/line_session.hpp"

#include "app/examples/arena/messages.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <string_view>
#include <utility>

namespace arena {

namespace asio = boost::asio;
using boost::system::error_code;

line_session::line_session(std::shared_ptr<asio::io_context> io,
                           asio::ip::tcp::socket socket)
    : io_{std::move(io)},
      socket_{std::move(socket)} {
}

void line_session::start(const player_factory& make_player,
                         std::function<void()> on_end) {
  on_end_ = std::move(on_end);
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  player_ = make_player(shared_from_this());
  // A player that ends by itself, after `quit` or a crash, ends the connection.
  caf::actor_cast<caf::abstract_actor*>(player_)->attach_functor(
      [weak = weak_from_this()] {
        if (const auto self = weak.lock())
          asio::post(*self->io_, [self] { self->end_after_flush(); });
      });
  read();
}

void line_session::close() {
  if (!on_end_)
    return;
  caf::anon_send_exit(player_, caf::exit_reason::user_shutdown);
  player_ = nullptr; // It holds this session.
  error_code ignored;
  socket_.close(ignored);
  std::exchange(on_end_, nullptr)();
}

void line_session::end_after_flush() {
  is_ending_ = true;
  if (sending_.empty())
    close();
}

void line_session::read() {
  asio::async_read_until(
      socket_, asio::dynamic_buffer(input_, line_bytes_max), '\n',
      [self = shared_from_this()](error_code wrong, std::size_t bytes) {
        if (wrong)
          self->close();
        else
          self->take_line(bytes);
      });
}

void line_session::take_line(std::size_t bytes) {
  if (!on_end_)
    return;
  silent_since_ = std::chrono::steady_clock::now();
  auto wish = read_line(std::string_view{input_}.substr(0, bytes - 1));
  input_.erase(0, bytes);
  if (wish)
    return caf::anon_send(player_, std::move(*wish)); // Reads on when answered.
  write("error unknown_command");
  if (on_end_)
    read();
}

void line_session::write(std::string_view line) {
  if (!on_end_ || is_ending_)
    return;
  unsent_ += line;
  unsent_ += '\n';
  if (unsent_.size() > unsent_bytes_max)
    close();
  else if (sending_.empty())
    flush();
}

void line_session::flush() {
  sending_ = std::exchange(unsent_, {});
  asio::async_write(socket_, asio::buffer(sending_),
                    [self = shared_from_this()](error_code wrong, std::size_t) {
                      self->sending_.clear();
                      if (wrong || (self->is_ending_ && self->unsent_.empty()))
                        self->close();
                      else if (!self->unsent_.empty())
                        self->flush();
                    });
}

void line_session::post_line(std::string line, bool is_answer) {
  asio::post(*io_,
             [self = shared_from_this(), line = std::move(line), is_answer] {
               self->write(line);
               if (is_answer && self->on_end_)
                 self->read();
             });
}

void line_session::welcome(const notice& news) {
  post_line(to_line(news), true);
}

void line_session::push(const notice& news) {
  post_line(to_line(news), false);
}

void line_session::accept(const command& wish) {
  post_line("ok " + std::string{to_string(wish.verb)}, true);
}

void line_session::refuse(const command& wish, std::string_view reason) {
  post_line("error " + std::string{to_string(wish.verb)} + ' '
                + std::string{reason},
            true);
}

} // namespace arena
