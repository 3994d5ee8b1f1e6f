#pragma once

#include "actors/runtime.hpp"
#include "crdt/cluster/shard_views.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rollcall {

/// The shards of this node, as the cluster asks them. Their tables outlive
/// their actors, so there is always an answer.
class slot_views final : public crdt::shard_views {
public:
  explicit slot_views(std::shared_ptr<const runtime> node)
      : node_{std::move(node)} {
  }

  [[nodiscard]] std::size_t count() const override {
    return node_->slots.size();
  }

  [[nodiscard]] std::uint64_t version() const override {
    std::uint64_t sum = 0;
    for (const auto& slot : node_->slots)
      sum += slot->table->version();
    return sum;
  }

  [[nodiscard]] std::vector<crdt::known_replica>
  known_to(std::size_t shard, const crdt::node_incarnation& peer,
           const std::vector<crdt::node_incarnation>& doubtful) const override {
    return node_->slots[shard]->table->known_to(peer, doubtful);
  }

  [[nodiscard]] bool is_settled(std::size_t shard,
                                const std::string& peer) const override {
    return node_->slots[shard]->table->is_settled(peer);
  }

  [[nodiscard]] bool is_complete(std::size_t shard) const override {
    return node_->slots[shard]->table->is_complete();
  }

  [[nodiscard]] crdt::shard_lag lag(std::size_t shard, const std::string& peer,
                                    crdt::tick_time now) const override {
    const auto lag = node_->slots[shard]->table->lag(peer, now);
    return {lag.behind, lag.oldest, lag.unacknowledged};
  }

  [[nodiscard]] crdt::key_writers
  writers_of(const std::string& topic, const std::string& key) const override {
    const auto& slot = node_->slot_of(topic);
    crdt::key_writers result{slot.table->shard_index(), {}};
    for (const auto& presence : slot.table->get_by_key(topic, key))
      result.replicas.insert(presence->dot().replica);
    return result;
  }

  [[nodiscard]] crdt::last_seen::page
  last_seen_after(crdt::last_seen::position where,
                  const crdt::last_seen::selection& wanted,
                  crdt::tick_time now) const override {
    return node_->watches->table.last_seen_after(where, wanted, now);
  }

private:
  std::shared_ptr<const runtime> node_;
};

} // namespace rollcall
