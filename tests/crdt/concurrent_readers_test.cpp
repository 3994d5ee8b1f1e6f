#include "crdt/presence_set.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using namespace rollcall;

namespace {

/// A set as a shard keeps it: writes and the taking of snapshots under a lock,
/// reading of snapshots without.
struct shared_set {
  void write(int number) {
    const auto topic = "room" + std::to_string(number % 3);
    const auto key = "user" + std::to_string(number * 7 % 200);
    const auto owner = static_cast<std::uint64_t>(number % 5);
    const std::lock_guard lock{mutex};
    if (number % 4 == 0)
      set.leave(topic, key, owner);
    else if (!set.join(topic,
                       crdt::stored_entry::make(key, "{\"v\":1}", owner)))
      set.update(topic, crdt::stored_entry::make(key, "{\"v\":2}", owner));
    if (number % 1'000 == 999) {
      crdt::changes out;
      set.leave_owner(owner, out);
    }
  }

  [[nodiscard]] crdt::snapshot list(int number) {
    const std::lock_guard lock{mutex};
    return set.list("room" + std::to_string(number % 3));
  }

  std::mutex mutex;
  crdt::presence_set set{crdt::replica_id{"a", 1, 0, 0}};
};

/// Whether a snapshot is whole: in order, and as many as it says.
bool is_consistent(const crdt::snapshot& snapshot) {
  std::size_t count = 0;
  std::string last;
  for (const auto& presence : snapshot) {
    if (presence.key() < last || presence.meta().size() != 7
        || presence.phx_ref().empty())
      return false;
    last = presence.key();
    ++count;
  }
  return count == snapshot.size() && snapshot.keys() <= count
         && (count == 0 || !snapshot.get(last).empty());
}

} // namespace

BOOST_AUTO_TEST_SUITE(concurrent_readers_tests)

// Goal: snapshots are read on any thread while the set goes on, without a
// lock. Meant for ThreadSanitizer; without it, it still checks what is read.
BOOST_AUTO_TEST_CASE(snapshots_are_read_while_the_set_changes) {
  shared_set shared;
  std::atomic<bool> is_over{false};
  std::atomic<int> faults{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader)
    readers.emplace_back([&, reader] {
      crdt::snapshot older;
      for (int i = reader; !is_over; ++i) {
        const auto taken = shared.list(i);
        if (!is_consistent(taken) || !is_consistent(older))
          ++faults;
        if (i % 10 == 0)
          older = taken;
      }
    });
  for (int i = 0; i < 30'000; ++i)
    shared.write(i);
  is_over = true;
  for (auto& reader : readers)
    reader.join();
  BOOST_TEST(faults == 0);
}

BOOST_AUTO_TEST_SUITE_END()
