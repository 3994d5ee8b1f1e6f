#include "app/gateway/client_impl.hpp"

#include "app/gateway/channel_table.hpp"
#include "app/gateway/json_text.hpp"
#include "app/gateway/log_line.hpp"
#include "app/gateway/session.hpp"
#include <rollcall/error.hpp>

#include <caf/exit_reason.hpp>

#include <utility>

namespace rollcall {

using channels::body;
using channels::outgoing;
using channels::problem;

namespace {

bool is_orderly(const caf::error& reason) {
  return !reason || reason == caf::exit_reason::normal
         || reason == caf::exit_reason::user_shutdown
         || code_of(reason) == ec::kicked;
}

} // namespace

client::impl::impl(std::shared_ptr<channels::worker> home,
                   std::weak_ptr<channels::session> session,
                   std::shared_ptr<const channels::session_assigns> assigns,
                   const channels::channel& which)
    : home_{std::move(home)},
      session_{std::move(session)},
      assigns_{std::move(assigns)},
      id_{which.id},
      topic_{which.topic},
      join_ref_{which.own_ref} {
}

template <class Work>
void client::impl::post(Work work) {
  if (auto owner = session_.lock())
    home_->post([owner = std::move(owner), work = std::move(work)]() mutable {
      work(*owner);
    });
}

bool client::impl::is_sound(const std::string& json, std::string_view name,
                            bool must_be_object) const {
  constexpr std::size_t depth_max = 1000;
  if (channels::check_json(json, depth_max) == channels::json_verdict::ok
      && (!must_be_object || channels::is_object(json)))
    return true;
  ++home_->counts().invalid_answers;
  gateway_log(log_level::error,
              "answer dropped: it is no JSON{} topic={} of={}",
              must_be_object ? " object" : "", topic_, name);
  return false;
}

void client::impl::accept(std::string response, presence_view view) {
  if (!is_sound(response, "accept", true)) {
    crash_join();
    return;
  }
  post([id = id_, response = std::move(response),
        view](channels::session& owner) mutable {
    owner.channels().accept(id, std::move(response), view);
  });
}

void client::impl::crash_join() {
  post([id = id_](channels::session& owner) {
    // Only the join: an accepted one stays, whatever is said again.
    owner.channels().crash_join(id);
  });
}

void client::impl::reject(std::string response) {
  if (!is_sound(response, "reject", true)) {
    crash_join();
    return;
  }
  post([id = id_,
        response = std::move(response)](channels::session& owner) mutable {
    owner.channels().reject(id, std::move(response));
  });
}

void client::impl::reply(std::string_view ref, std::string_view status,
                         payload response) {
  if (ref.empty())
    return;
  if (!response.is_binary && !is_sound(response.bytes, "reply", false)) {
    status = "error";
    response.bytes = R"({"reason":"invalid_reply"})";
  }
  send(channels::encode_reply(join_ref_, ref, topic_, status,
                              {std::move(response.bytes), response.is_binary}),
       status);
}

void client::impl::push(std::string_view event, payload payload) {
  if (!payload.is_binary && !is_sound(payload.bytes, event, true))
    return;
  send(channels::encode_push(join_ref_, topic_, event,
                             {std::move(payload.bytes), payload.is_binary}),
       event);
}

void client::impl::await_turn(std::size_t waiting_bytes) {
  post([id = id_, waiting_bytes](channels::session& owner) {
    owner.await_turn(id, waiting_bytes);
  });
}

std::shared_ptr<const void> client::impl::assigns() const {
  return assigns_->get();
}

void client::impl::send(channels::encoded frame, std::string_view event) {
  if (frame.problem != problem::none) {
    ++home_->counts().invalid_answers;
    gateway_log(log_level::error, "frame dropped: {} topic={} event={}",
                describe(frame.problem), topic_, event);
    return;
  }
  outgoing push{channels::share(std::move(frame.bytes)), nullptr,
                frame.is_binary};
  post([id = id_, push = std::move(push)](channels::session& owner) mutable {
    // Not if another incarnation took its place.
    if (owner.channels().find(id))
      owner.send_message(std::move(push));
  });
}

void client::impl::end(const caf::error& reason) {
  if (!is_orderly(reason))
    gateway_log(log_level::warning, "channel crashed topic={} code={}", topic_,
                reason.code());
  post([id = id_, is_crash = !is_orderly(reason)](channels::session& owner) {
    owner.channels().end(id, is_crash);
  });
}

// -- client -------------------------------------------------------------------

client::client(std::shared_ptr<impl> shared) noexcept
    : impl_{std::move(shared)} {
}

void client::accept(std::string response, presence_view view) const {
  if (impl_)
    impl_->accept(std::move(response), view);
}

void client::reject(std::string response) const {
  if (impl_)
    impl_->reject(std::move(response));
}

void client::reply(std::string_view ref, std::string_view status,
                   payload response) const {
  if (impl_)
    impl_->reply(ref, status, std::move(response));
}

void client::push(std::string_view event, payload payload) const {
  if (impl_)
    impl_->push(event, std::move(payload));
}

void client::await_turn(std::size_t waiting_bytes) const {
  if (impl_)
    impl_->await_turn(waiting_bytes);
}

std::shared_ptr<const void> client::assigns() const {
  return impl_ ? impl_->assigns() : nullptr;
}

std::uint64_t client::id() const noexcept {
  return impl_ ? impl_->id() : 0;
}

} // namespace rollcall
