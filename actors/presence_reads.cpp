// Reads: no message, no waiting.
#include "actors/runtime.hpp"
#include "rollcall/limits.hpp"
#include "rollcall/presence.hpp"

#include <algorithm>
#include <utility>

namespace rollcall {

snapshot presence::list(std::string_view topic) const {
  if (!impl_)
    return {};
  return impl_->slot_of(topic).table->list(topic);
}

topic_snapshot_ptr presence::fetch_list(std::string topic) const {
  auto result = std::make_shared<topic_snapshot>();
  if (!impl_)
    return result;
  auto& slot = impl_->slot_of(topic);
  result->presences = slot.table->list(topic);
  if (impl_->has_hooks)
    result->extra
        = slot.dispatch->hooks.fetch(topic, by_key(result->presences));
  result->topic = std::move(topic);
  return result;
}

std::vector<entry_ptr> presence::get_by_key(std::string_view topic,
                                            std::string_view key) const {
  if (!impl_)
    return {};
  return impl_->slot_of(topic).table->get_by_key(topic, key);
}

counts presence::count(std::string_view topic) const {
  if (!impl_)
    return {};
  return impl_->count(topic);
}

topic_page presence::page(std::string_view topic, std::size_t limit,
                          std::string_view after) const {
  if (!impl_)
    return {};
  return impl_->slot_of(topic).table->page(
      topic, std::min(limit, limits::page_presences_max), after);
}

std::vector<std::pair<std::string, counts>>
presence::topics(std::size_t limit, std::string_view after) const {
  if (!impl_)
    return {};
  return impl_->topics(limit, after);
}

bool presence::enriches() const noexcept {
  return impl_ && impl_->has_hooks;
}

runtime_stats presence::stats() const {
  return impl_ ? impl_->stats() : runtime_stats{};
}

const config& presence::settings() const noexcept {
  static const config none;
  return impl_ ? impl_->settings : none;
}

} // namespace rollcall
