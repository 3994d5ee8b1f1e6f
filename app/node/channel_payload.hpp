#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// What clients send to the built-in channel, read and checked: no actor, no
/// clock.
namespace rollcall::node {

/// A meta of a client: a JSON object without the fields that only the server
/// may set. Its bytes are those it came in, unless such a field had to go.
struct client_meta {
  std::string json = "{}";
  bool is_empty = true; ///< Has no fields.
};

/// What a `phx_join` asks for.
struct join_wish {
  std::string key; ///< Empty: not given.
  client_meta meta;
  bool is_tracked = true;     ///< False: an observer.
  bool wants_counts = false;  ///< In place of who is there.
  bool wants_reasons = false; ///< Why presences left.
  std::optional<std::uint32_t> linger_ms;
};

/// Why a payload cannot be used.
struct bad_payload {
  std::string why;
};

/// A value, or the reason why there is none.
template <class T>
using or_reason = std::variant<T, bad_payload>;

/// Reads the payload of a `phx_join`. An empty one is `{}`.
[[nodiscard]] or_reason<join_wish> read_join(std::string_view payload);

/// Reads `{"meta": {...}}`, of an update or a later track.
[[nodiscard]] or_reason<client_meta> read_meta(std::string_view payload);

/// What `presence:page` asks for.
struct page_wish {
  std::string after;       ///< Empty: from the first key on.
  std::size_t limit = 100; ///< Presences, 1 to 1000.
};

/// Reads `{"after": KEY, "limit": 100}`, both optional.
[[nodiscard]] or_reason<page_wish> read_page(std::string_view payload);

/// What `presence:range` and `presence:unrange` ask for.
struct range_wish {
  std::size_t first = 0;
  std::size_t last = 0; ///< At least `first`.
};

/// Reads `{"first": 0, "last": 99}`.
[[nodiscard]] or_reason<range_wish> read_range(std::string_view payload);

/// The bytes of a member of a JSON object, none if it has no such member.
/// @pre `object` is a valid JSON object.
[[nodiscard]] std::optional<std::string_view>
raw_member(std::string_view object, std::string_view name);

/// Puts `online_at` into a meta; does not look into it again.
[[nodiscard]] std::string with_online_at(const client_meta& meta,
                                         std::int64_t unix_s);

/// Whether clients may send the event on to others: names of the protocol and
/// of presence are the server's alone, else everybody could fake them, and a
/// fresh token is nobody else's business.
[[nodiscard]] bool may_relay(std::string_view event);

/// `{"reason": ..., "detail": ...}`, the payload of an error reply.
[[nodiscard]] std::string error_json(std::string_view reason,
                                     std::string_view detail = {});

} // namespace rollcall::node
