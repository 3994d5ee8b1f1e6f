#include "crdt/follow/key_directory.hpp"

namespace rollcall::crdt {

key_directory::record& key_directory::add(std::string_view key,
                                          std::string_view topic, int by) {
  auto& result = record_of(key);
  auto& topics = result.second.topics;
  if (!topics.change(topic, by))
    topics.start(intern(topic), by);
  else if (const auto* const ended = topics.end_if_zero(topic))
    release(*ended);
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
  if (which.second.topics.is_empty() && which.second.watches.empty())
    keys_.erase(keys_.find(which.first));
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
