#include "crdt/follow/key_directory.hpp"

#include <algorithm>

namespace rollcall::crdt {

key_directory::record& key_directory::add(std::string_view key,
                                          std::string_view topic, int by) {
  auto& result = record_of(key);
  auto& topics = result.second.topics;
  const auto found = std::find_if(
      topics.begin(), topics.end(),
      [topic](const topic_count& one) { return *one.topic == topic; });
  if (found == topics.end()) {
    topics.reserve(topics.size() + 1); // Before a topic counts this key.
    topics.push_back({&intern(topic), by});
  } else if ((found->presences += by) == 0) {
    release(*found->topic);
    *found = topics.back();
    topics.pop_back();
  }
  return result;
}

key_directory::record& key_directory::record_of(std::string_view key) {
  const auto found = keys_.find(key);
  return found != keys_.end() ? *found : *keys_.emplace(key, content{}).first;
}

const key_directory::record* key_directory::find(std::string_view key) const {
  const auto found = keys_.find(key);
  return found == keys_.end() ? nullptr : &*found;
}

void key_directory::drop_if_empty(record& which) {
  if (which.second.topics.empty() && which.second.watches.empty())
    keys_.erase(keys_.find(which.first));
}

std::int64_t key_directory::count(const record& of, std::string_view prefix) {
  std::int64_t result = 0;
  for (const auto& [topic, presences] : of.second.topics)
    if (topic->starts_with(prefix))
      result += presences;
  return result;
}

const std::string& key_directory::intern(std::string_view topic) {
  const auto found = topics_.find(topic);
  auto& result
      = found != topics_.end() ? *found : *topics_.emplace(topic, 0).first;
  ++result.second;
  return result.first;
}

void key_directory::release(const std::string& topic) {
  const auto found = topics_.find(topic);
  if (--found->second == 0)
    topics_.erase(found);
}

} // namespace rollcall::crdt
