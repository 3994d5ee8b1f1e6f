#pragma once

#include <rollcall/gateway.hpp>

#include <string>
#include <string_view>

/// HTTP answers as bytes, without sockets.
namespace rollcall::channels {

/// What is wrong with an answer that an embedder gave: a sentence, or empty.
/// A line end in a header would let whoever chose its value write the rest.
[[nodiscard]] std::string_view answer_problem(const http_response& response);

/// The bytes of an answer. Headers that say how long it is or whether the
/// connection stays are ours, not the embedder's.
///
/// @pre `answer_problem(what)` is empty.
[[nodiscard]] std::string encode_answer(const http_response& response,
                                        bool keeps_alive, bool with_body);

} // namespace rollcall::channels
