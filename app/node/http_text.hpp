#pragma once

#include <rollcall/gateway.hpp>
#include <rollcall/topic_page.hpp>
#include <rollcall/types.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Pieces of the HTTP interface that need no node.
namespace rollcall::node {

constexpr const char* json_type = "application/json";

/// An answer with the headers that all have.
[[nodiscard]] http_response make_response(unsigned status, std::string body,
                                          std::string content_type
                                          = "text/plain; charset=utf-8");

/// A whole number within bounds; empty if it is not one.
[[nodiscard]] std::optional<std::size_t> read_limit(std::string_view text,
                                                    std::size_t high);

/// Body of `/api/topics`. `next` is what to give as `after` for the page that
/// follows, null if this one is not full.
[[nodiscard]] std::string
topics_json(const std::vector<std::pair<std::string, counts>>& topics,
            std::size_t limit);

/// Body of `/api/topics/{topic}`: about 1 MiB at most. A key with more than
/// that is `too_large`, and alone on a page on which `state` is empty.
[[nodiscard]] std::string topic_json(std::string_view topic,
                                     const topic_page& page);

} // namespace rollcall::node
