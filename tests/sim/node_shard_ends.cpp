// The part of `node_shard` that ends topics, as a caller's thread does it.
#include "tests/sim/node_shard.hpp"

#include <utility>

namespace rollcall::sim {

void node_shard::end_topic(const std::string& topic,
                           simulated_time::action then) {
  end_step({topic}, ends_.begin(topic), std::move(then));
}

/// Other threads have the lock between two steps.
void node_shard::end_step(crdt::topic_end end, std::uint64_t number,
                          simulated_time::action then) {
  core_.end_topic(end, host_.now(), effects_);
  settle();
  if (!end.is_done()) {
    host_.after(topic_end_pause, [=, this] { end_step(end, number, then); });
    return;
  }
  ends_.done(number);
  then();
}

/// After each step: what ended with its topic, and which ends are done.
void node_shard::watch_ends(const crdt::shard_effects& done) {
  ends_.take(
      done, tag(),
      [this](const std::string& topic, const std::string& key,
             std::uint64_t owner) { host_.on_ended(topic, key, owner); });
  if (is_informed() && !core_.is_ending_topics())
    ends_.all_asked_done();
}

} // namespace rollcall::sim
