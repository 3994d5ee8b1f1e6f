#pragma once

#include "tests/sim/node_cluster.hpp"
#include "tests/sim/node_names.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace rollcall::sim {

/// Where one node of a cluster lives, one incarnation after the other: its
/// clock, its connections, its owners.
struct node_cluster::site : sim_host {
  static constexpr std::uint64_t start_of_time_ms = 1'700'000'000'000;

  site(node_cluster& all_, std::size_t index_)
      : all{all_},
        index{index_},
        named_as{index_} {
  }

  moment now() override {
    return all.time.now();
  }
  std::uint64_t wall_ms() override {
    return start_of_time_ms + clock_error_ms
           + static_cast<std::uint64_t>(now().count() / 1'000);
  }
  void after(duration delay, simulated_time::action action) override {
    all.network.after(index, delay, std::move(action));
  }
  void connect(const std::string& address) override {
    all.network.connect(index, node_at(address));
  }
  void send(crdt::connection_id to, const std::string& bytes) override {
    all.network.send(index, to, bytes);
  }
  void close(crdt::connection_id id) override {
    all.network.close(index, id);
  }
  void made_heartbeat(std::uint64_t counter) override {
    all.witness.made_heartbeat(*process, counter);
  }
  void on_event(const crdt::node_event& event, std::uint64_t counter) override {
    if (event.kind == crdt::node_event_kind::conflict
        && !all.sites_[named_as]->used.insert(event.who.incarnation).second)
      throw std::logic_error{"two processes chose the same incarnation"};
    all.events.push_back({all.time.now(), index, event});
    all.witness.on_event(index, event, counter);
  }
  void on_changes(std::size_t shard, const crdt::changes& changes,
                  bool is_about_node) override {
    all.witness.on_changes(index, *process, shard, changes, is_about_node);
  }
  void on_replaced(const std::string& topic, const std::string& key,
                   std::uint64_t owner) override {
    owners.left(topic, key, owner);
    ++all.replaced;
  }
  void on_ended(const std::string& topic, const std::string& key,
                std::uint64_t owner) override {
    owners.left(topic, key, owner);
    ++all.ended;
  }

  node_cluster& all;
  std::size_t index;
  std::size_t named_as; ///< The node whose name the process bears.
  bool is_disguised = false;
  crdt::allowed_names certificate;
  std::uint64_t clock_error_ms = 0;
  std::unique_ptr<sim_node> process;
  std::set<std::uint64_t> used; ///< Incarnations of this node's name.
  owner_book owners;
};

} // namespace rollcall::sim
