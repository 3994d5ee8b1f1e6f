#pragma once

#include "app/gateway/close_code.hpp"
#include "app/gateway/protocol.hpp"
#include <rollcall/gateway_stats.hpp>
#include <rollcall/presence_view.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::channels {

enum class phase : std::uint8_t { joining, joined, leaving };

/// One topic of one session, from its join to the end of its actor.
struct channel {
  virtual ~channel() = default;

  /// What a channel carries only until its join is answered.
  struct pending_join {
    std::string ref;
    std::vector<message> waiting; ///< Came for the topic meanwhile.
  };

  std::uint64_t id = 0; ///< Unique on the gateway.
  std::string topic;
  std::string join_ref; ///< As the client gave it.
  std::string own_ref;  ///< `join_ref`, or the ref of the join if it is null.
  std::unique_ptr<pending_join> pending;
  phase now = phase::joining;
};

/// Why a join failed for which nobody else gave a reason.
inline constexpr std::string_view crashed = "join crashed";

/// What the rules make happen. Calls come in the order of their effect.
class channel_effects {
public:
  virtual ~channel_effects() = default;

  virtual void send(encoded frame) = 0;
  /// Whether some channel serves the topic.
  [[nodiscard]] virtual bool serves(std::string_view topic) = 0;
  /// Whether the rate of joins has room for one more.
  [[nodiscard]] virtual bool admits_join() = 0;
  /// Takes a fresh token of the client. @returns what is wrong with it, empty
  /// if nothing is; nothing at all if tokens are not taken.
  [[nodiscard]] virtual std::optional<std::string> renew(const body& payload)
      = 0;
  [[nodiscard]] virtual std::unique_ptr<channel> make_channel() = 0;
  /// Starts the actor. @returns why there is none, as a reason for the client;
  /// empty if there is one.
  [[nodiscard]] virtual std::string_view start(channel& which, body params) = 0;
  /// The client is now a member of the topic.
  virtual void enter(channel& which, presence_view view) = 0;
  virtual void deliver(channel& which, message message) = 0;
  /// Tells the actor that its client left; it is no member any more.
  virtual void leave(channel& which) = 0;
  /// The channel goes away. Its actor must end, if it did not yet.
  virtual void release(channel& which, bool is_ended) = 0;
  virtual void count(refusal why) = 0;
  /// A `phx_error` was sent.
  virtual void count_crash() = 0;
  virtual void close(close_code code, std::string_view reason, refusal why) = 0;
};

/// The channels of one session, and the rules for what its client sends.
///
/// Shape:   at most one channel a topic, `channels_max` in all.
/// Threads: confined to the session's I/O thread. No clock, no socket.
/// Source:  phoenixframework/phoenix `socket.ex`, `channel/server.ex`.
class channel_table {
public:
  /// Messages, and bytes of them, that may wait for the joins of a session.
  /// Above, it is closed with 1008.
  static constexpr std::size_t waiting_messages_max = 256;
  static constexpr std::size_t waiting_bytes_max = 262'144;

  channel_table(channel_effects& effects, std::size_t channels_max) noexcept
      : effects_{effects},
        channels_max_{channels_max} {
  }

  channel_table(const channel_table&) = delete;
  channel_table& operator=(const channel_table&) = delete;

  /// Takes one message of the client.
  void receive(message message);

  /// Answers a message that could not be decoded. A join ends the former
  /// channel of its topic, as one that can be decoded does.
  void refuse(const message_head& head, problem why);

  /// The actor took the client in.
  void accept(std::uint64_t id, std::string response, presence_view view);

  /// The actor refused the client.
  void reject(std::uint64_t id, std::string response);

  /// The actor ended, or (`is_crash`) did not answer the join in time.
  void end(std::uint64_t id, bool is_crash);

  /// The actor's answer to the join makes no sense; one that was answered
  /// stays.
  void crash_join(std::uint64_t id);

  /// All channels go away without a word; later messages are ignored.
  void clear();

  [[nodiscard]] channel* find(std::uint64_t id) noexcept;

  /// Ends the joins that `is_late` says have taken too long.
  template <class Predicate>
  void expire_joins(Predicate is_late) {
    std::vector<std::uint64_t> late;
    for (const auto& each : channels_)
      if (each->now == phase::joining && is_late(*each))
        late.push_back(each->id);
    for (const auto id : late)
      end(id, true);
  }

  [[nodiscard]] std::size_t size() const noexcept {
    return channels_.size();
  }

private:
  using slot = std::unique_ptr<channel>;

  [[nodiscard]] channel* find_topic(std::string_view topic) noexcept;
  void wait(channel& which, message message);
  void join(channel* old, message message);
  void leave(channel* which, const message& message);
  [[nodiscard]] bool renew(const message& message);
  void event(channel* which, message message);
  void replace(channel& old);
  [[nodiscard]] bool may_join(const message& message);
  [[nodiscard]] bool has_room() const;
  void refuse(const message& message, std::string_view join_ref,
              std::string_view reason, refusal why,
              std::string_view detail = {});
  void fail_join(channel& which, std::string response, refusal why);
  void remove(channel& which, bool is_ended);
  void resume(std::unique_ptr<channel::pending_join> pending);
  void reply_ok(std::string_view join_ref, const message& message);

  channel_effects& effects_;
  std::vector<slot> channels_;
  std::size_t channels_max_;
  std::size_t waiting_bytes_ = 0;
  std::size_t waiting_messages_ = 0;
  bool is_closed_ = false;
};

} // namespace rollcall::channels
