#include "rollcall/testing/subscriber.hpp"

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <map>
#include <set>
#include <utility>

namespace rollcall::testing {

struct subscriber::record {
  std::vector<change> changes;
  std::map<std::string, int, std::less<>> present; ///< Presences of a key.

  void add(change_kind kind, const entry_ptr& presence,
           leave_reason why = leave_reason::left) {
    changes.push_back({kind, presence, why});
    const std::string key{presence->key()};
    if (kind == change_kind::joined)
      ++present[key];
    else if (kind == change_kind::left && --present[key] == 0)
      present.erase(key);
  }

  void take(const topic_snapshot& first) {
    for (const auto& presence : first.presences)
      add(change_kind::joined, entry_ptr{&presence});
  }

  /// An update is told as the old version that leaves and the new one that
  /// joins.
  void take(const diff& told) {
    std::multiset<writer> replaced;
    for (std::size_t i = 0; i < told.leaves.size(); ++i)
      if (told.leave_reasons[i] == leave_reason::updated)
        replaced.insert(writer_of(*told.leaves[i]));
      else
        add(change_kind::left, told.leaves[i], told.leave_reasons[i]);
    for (const auto& presence : told.joins) {
      const auto old = replaced.find(writer_of(*presence));
      const bool is_update = old != replaced.end();
      if (is_update)
        replaced.erase(old);
      add(is_update ? change_kind::updated : change_kind::joined, presence);
    }
  }

  /// All versions of a presence have the same.
  using writer = std::pair<std::string, replica_tag>;

  static writer writer_of(const entry& presence) {
    return {std::string{presence.key()}, presence.dot().replica};
  }
};

namespace {

template <class Record>
caf::behavior listener(caf::event_based_actor*, std::shared_ptr<Record> told) {
  return {
      [told](const topic_snapshot_ptr& first) { told->take(*first); },
      [told](const diff_ptr& news) { told->take(*news); },
      [](const topic_event_ptr&) {},
  };
}

} // namespace

subscriber::subscriber(node& where, std::string topic)
    : world_{where.world()},
      told_{std::make_shared<record>()} {
  const auto actor = where.system().spawn(listener<record>, told_);
  actor_ = actor.address();
  where.presence().subscribe(actor, std::move(topic));
  world_.settle();
}

subscriber::~subscriber() {
  if (const auto actor = caf::actor_cast<caf::strong_actor_ptr>(actor_))
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

bool subscriber::await(const std::function<bool(const change&)>& fits,
                       duration within) {
  auto seen = next_;
  const auto find = [&] {
    for (; seen < told_->changes.size(); ++seen)
      if (fits(told_->changes[seen]))
        return true;
    return false;
  };
  if (!world_.await(find, within))
    return false;
  next_ = seen + 1;
  return true;
}

bool subscriber::await_join(std::string_view key, duration within) {
  return await(
      [&](const change& one) {
        return one.kind == change_kind::joined && one.presence->key() == key;
      },
      within);
}

bool subscriber::await_update(std::string_view key, duration within) {
  return await(
      [&](const change& one) {
        return one.kind == change_kind::updated && one.presence->key() == key;
      },
      within);
}

bool subscriber::await_leave(std::string_view key, duration within) {
  return await(
      [&](const change& one) {
        return one.kind == change_kind::left && one.presence->key() == key;
      },
      within);
}

const std::vector<change>& subscriber::changes() const noexcept {
  return told_->changes;
}

std::vector<std::string> subscriber::keys() const {
  std::vector<std::string> result;
  for (const auto& [key, presences] : told_->present)
    result.push_back(key);
  return result;
}

} // namespace rollcall::testing
