// How channels of a session push much: each in its turn, when the outbox is
// empty.
#include "app/gateway/push_turns.hpp"
#include "app/gateway/session.hpp"

#include <utility>

namespace rollcall::channels {

namespace {

/// A turn that ends when the actor is done with it. What it pushed was posted
/// to the same thread before.
class given_turn final : public push_turn {
public:
  given_turn(std::shared_ptr<worker> home, std::weak_ptr<session> owner)
      : home_{std::move(home)},
        owner_{std::move(owner)} {
  }

  ~given_turn() override {
    if (auto owner = owner_.lock())
      home_->post([owner = std::move(owner)] { owner->end_turn(); });
  }

private:
  const std::shared_ptr<worker> home_;
  const std::weak_ptr<session> owner_;
};

} // namespace

void session::await_turn(std::uint64_t channel, std::size_t waiting_bytes) {
  if (is_closing_ || !table_.find(channel))
    return;
  if (!turns_)
    turns_ = std::make_unique<push_turns>();
  turns_->want(channel, waiting_bytes);
  if (is_blocked_) {
    count_unsent();
    home_.watch_unsent();
  }
  give_turn();
}

void session::end_turn() {
  if (!turns_)
    return;
  turns_->end();
  give_turn();
}

/// The next channel may push, if the outbox is empty: so what waits for the
/// client is one push more than a write under way and the socket hold.
void session::give_turn() {
  if (!turns_ || !outbox_.empty() || is_closing_ || is_overflown_ || is_held_)
    return;
  const auto next = turns_->take();
  if (!next)
    return;
  push_turn_ptr turn = std::make_shared<given_turn>(home_.shared_from_this(),
                                                    weak_from_this());
  // One that went away is not in `turns_` any more.
  auto& which = static_cast<live_channel&>(*table_.find(*next));
  home_.io_unit().send(which.actor, std::move(turn));
}

/// What waits with channels counts only as long as the client does not read.
std::size_t session::waiting_bytes() const noexcept {
  return turns_ && is_blocked_ ? turns_->bytes() : 0;
}

} // namespace rollcall::channels
