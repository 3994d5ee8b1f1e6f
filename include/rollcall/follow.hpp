#pragma once

#include <caf/allowed_unsafe_message_type.hpp>

#include <string>
#include <vector>

/// What `presence::follow` sends: the state of the keys of each call, then one
/// message for each change. They come in order and without a sender.
namespace rollcall {

/// Which keys of a call to `follow` are online. Its keys may have been told
/// before: what it says takes the place of that.
///
/// Sent by: watch dispatcher, to the follower.
struct follow_state {
  std::string topic_prefix;         ///< As it was given to `follow`.
  std::vector<std::string> online;  ///< Those that have a presence.
  std::vector<std::string> offline; ///< Those that have none.
};

/// A key that was offline has a presence.
///
/// Sent by: watch dispatcher, to all who follow the key.
struct came_online {
  std::string key;          ///< Of the presence.
  std::string topic_prefix; ///< As it was given to `follow`.
};

/// A key that was online has had no presence for `config::diff_window`.
///
/// Sent by: watch dispatcher, to all who follow the key.
struct went_offline {
  std::string key;          ///< Of the presence.
  std::string topic_prefix; ///< As it was given to `follow`.
};

} // namespace rollcall

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::follow_state)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::came_online)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(rollcall::went_offline)
