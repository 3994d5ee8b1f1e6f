#pragma once

#include <caf/error.hpp>
#include <caf/make_message.hpp>

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

namespace rollcall {

/// Every way in which a call can fail; travels in a `caf::error`, together
/// with a sentence that says what was wrong and what is allowed.
///
/// Travels between nodes: append only.
enum class ec : std::uint8_t {
  none = 0,
  already_tracked,      ///< The owner already has this key in this topic.
  not_tracked,          ///< The owner does not have this key in this topic.
  invalid_topic,        ///< Empty, too long, or not UTF-8.
  invalid_key,          ///< Empty, too long, or not UTF-8.
  invalid_meta,         ///< Not a JSON object.
  too_large,            ///< A meta, a message or a batch is above its bound.
  too_many_presences,   ///< The topic is at `presences_per_topic_max`.
  too_many_subscribers, ///< The topic is at `subscribers_per_topic_max`.
  invalid_owner,        ///< No owner, or one that ended or is elsewhere.
  invalid_config,       ///< A setting is out of its bounds.
  shard_unavailable,    ///< The shard crashed for good, or Rollcall stopped.
  not_started,          ///< The handle was default-constructed.
  conflict,             ///< The presence changed whenever its update was made.
  inside_actor,         ///< The call would make an actor wait for itself.
  unknown_type,         ///< A `tell` of a type that nodes do not exchange.
  kicked,               ///< Why an owner ends that somebody throws out.
  too_many_follows,     ///< More keys than `follow` takes, or `follows_max`.
  key_taken,            ///< Another session has the key, see `session_policy`.
  count_,               ///< Not an error. Keep last.
};

/// The names of all `ec`, in their order.
inline constexpr std::string_view ec_names[] = {
    "none",
    "already_tracked",
    "not_tracked",
    "invalid_topic",
    "invalid_key",
    "invalid_meta",
    "too_large",
    "too_many_presences",
    "too_many_subscribers",
    "invalid_owner",
    "invalid_config",
    "shard_unavailable",
    "not_started",
    "conflict",
    "inside_actor",
    "unknown_type",
    "kicked",
    "too_many_follows",
    "key_taken",
};
static_assert(std::size(ec_names) == static_cast<std::size_t>(ec::count_),
              "every ec needs a name");

/// The name of an error, as clients see it.
[[nodiscard]] constexpr std::string_view to_string(ec code) noexcept {
  return code < ec::count_ ? ec_names[static_cast<std::size_t>(code)]
                           : std::string_view{"unknown"};
}

} // namespace rollcall

CAF_ERROR_CODE_ENUM(rollcall::ec, "rollcall")

namespace rollcall {

/// An error with a sentence for people.
[[nodiscard]] inline caf::error make_error(ec code, std::string detail = {}) {
  return caf::make_error(code, std::move(detail));
}

/// The `ec` inside an error, `ec::none` if it is of another category.
[[nodiscard]] inline ec code_of(const caf::error& error) noexcept {
  // An empty error has no category to ask for.
  return error && error.category() == caf::atom("rollcall")
                 && error.code() < static_cast<std::uint8_t>(ec::count_)
             ? static_cast<ec>(error.code())
             : ec::none;
}

/// The name of the error, a colon, and its sentence.
[[nodiscard]] std::string describe(const caf::error& error);

} // namespace rollcall
