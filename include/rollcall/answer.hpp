#pragma once

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/duration.hpp>
#include <caf/error.hpp>
#include <caf/execution_unit.hpp>
#include <caf/expected.hpp>
#include <caf/make_message.hpp>
#include <caf/typed_actor.hpp>

#include <utility>

/// How a call that an actor makes is answered: at once, by a message to itself.
/// So it takes its place among the actor's messages, and the caller chains
/// `.then`, `.await` or `.receive` as after any request.
namespace rollcall::detail {

/// For which actor a call is, and the context in which it was made: none
/// outside actors.
struct caller {
  caf::strong_actor_ptr actor;            ///< May be none.
  caf::execution_unit* context = nullptr; ///< None on a plain thread.

  /// An actor calls for itself.
  template <class Self>
  caller(Self* self)
      : actor{caf::actor_cast<caf::strong_actor_ptr>(self)},
        context{self->context()} {
  }

  /// Somebody calls for an actor.
  caller(const caf::actor& handle, caf::execution_unit* where = nullptr)
      : actor{caf::actor_cast<caf::strong_actor_ptr>(handle)},
        context{where} {
  }
};

/// Some actor that answers with `Answer`; there is none, its type says what a
/// request to it would return.
template <class Answer>
using answering_actor
    = caf::typed_actor<typename caf::replies_to<int>::template with<Answer>>;

template <class Self, class Answer>
using response = decltype(std::declval<Self&>().request(
    std::declval<const answering_actor<Answer>&>(), caf::infinite, 0));

/// Puts an answer into the mailbox of `self`. It has no sender: an answer that
/// a blocking actor never receives would keep that actor for ever.
template <class Answer, class Self, class... Content>
response<Self, Answer> reply(Self* self, Content&&... content) {
  const auto id
      = self->new_request_id(caf::message_priority::normal).response_id();
  self->eq_impl(id, nullptr, self->context(),
                std::forward<Content>(content)...);
  return {id, self};
}

template <class Self, class Answer>
response<Self, Answer> answer(Self* self, caf::expected<Answer> result) {
  return result ? reply<Answer>(self, std::move(*result))
                : reply<Answer>(self, std::move(result.error()));
}

template <class Self>
response<Self, void> answer(Self* self, caf::error problem) {
  return problem ? reply<void>(self, std::move(problem))
                 : reply<void>(self, caf::make_message());
}

} // namespace rollcall::detail
