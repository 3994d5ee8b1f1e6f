#include "app/node/waiting_counts.hpp"

#include <rollcall/presence_json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace rollcall::node {

namespace {

/// Of an entry beside its name.
constexpr std::size_t entry_bytes = 96;

std::size_t bytes_of(const topic_counts& told) {
  std::size_t result = 0;
  for (const auto& each : told.topics)
    result += entry_bytes + each.topic.size();
  return result;
}

} // namespace

/// The payload of one message as it grows.
class waiting_counts::part {
public:
  [[nodiscard]] bool has_room() const noexcept {
    return topics_ < topics_max && text_.size() < part_bytes;
  }

  void add(std::string_view topic, const counts& now) {
    if (topics_++ > 0)
      text_ += ',';
    append_json_string(text_, topic);
    fmt::format_to(std::back_inserter(text_),
                   ":{{\"presences\":{},\"keys\":{}}}", now.presences,
                   now.keys);
  }

  [[nodiscard]] std::string end(bool is_all) {
    text_ += "},\"all\":";
    text_ += is_all ? "true" : "false";
    text_ += '}';
    return std::move(text_);
  }

private:
  std::string text_ = "{\"topics\":{";
  std::size_t topics_ = 0;
};

void waiting_counts::take(const topic_counts_ptr& told) {
  if (told->is_all || empty()) {
    *this = {};
    list_ = told;
    list_bytes_ = bytes_of(*told);
    is_all_ = told->is_all;
    return;
  }
  for (const auto& [topic, now] : told->topics)
    if (newer_.insert_or_assign(topic, now).second)
      newer_bytes_ += entry_bytes + topic.size();
}

std::size_t waiting_counts::bytes() const noexcept {
  // Each of those who hold the list counts for its share.
  const auto holders = std::max<long>(list_.use_count(), 1);
  return newer_bytes_ + list_bytes_ / static_cast<std::size_t>(holders);
}

std::string waiting_counts::next() {
  part out;
  if (list_)
    take_from_list(out);
  if (!list_)
    take_newer(out);
  return out.end(std::exchange(is_all_, false)); // What follows adds to it.
}

void waiting_counts::take_from_list(part& out) {
  const auto& topics = list_->topics;
  for (; next_ < topics.size() && out.has_room(); ++next_) {
    const auto& [topic, now] = topics[next_];
    const auto newer = newer_.find(topic);
    if (newer == newer_.end()) {
      out.add(topic, now);
      continue;
    }
    out.add(topic, newer->second);
    newer_bytes_ -= entry_bytes + topic.size();
    newer_.erase(newer);
  }
  if (next_ < topics.size())
    return;
  list_.reset();
  list_bytes_ = 0;
}

/// In order of name from where it ended last: a topic that changes all the time
/// holds up no other.
void waiting_counts::take_newer(part& out) {
  while (!newer_.empty() && out.has_room()) {
    auto next = newer_.upper_bound(last_);
    if (next == newer_.end())
      next = newer_.begin();
    out.add(next->first, next->second);
    newer_bytes_ -= entry_bytes + next->first.size();
    last_ = next->first;
    newer_.erase(next);
  }
}

} // namespace rollcall::node
