#include "crdt/cluster/heartbeats.hpp"

#include "crdt/names.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::crdt {

heartbeats::heartbeats(membership& members, const connection_table& connections,
                       const shard_views& shards, effect_list& effects)
    : members_{members},
      connections_{connections},
      shards_{shards},
      effects_{effects} {
}

void heartbeats::forget(const std::string& peer) {
  for (auto& of_shard : reports_)
    of_shard.forget(peer);
  peers_.erase(peer);
}

// -- sending ------------------------------------------------------------------

void heartbeats::send_all(tick_time now) {
  static_cast<void>(members_.take_urgent()); // All get one now.
  for (const auto id : connections_.accepted())
    send(id, now);
}

void heartbeats::send(connection_id to, tick_time now) {
  ++sent_;
  effects_.send({to}, make(*connections_.find(to)->node, now));
}

wire::heartbeat heartbeats::make(const node_incarnation& to, tick_time now) {
  wire::heartbeat result;
  result.membership = members_.heartbeat_for(to.name, now);
  add_reports(result, to);
  return result;
}

/// A quiet node has told its peers everything, and does not ask its shards.
void heartbeats::add_reports(wire::heartbeat& to,
                             const node_incarnation& peer) {
  const auto& order = to.membership.order;
  auto& record = peers_[peer.name];
  const bool is_whole = order.since == 0 || record.until_whole == 0;
  record.until_whole = is_whole ? whole_every : record.until_whole - 1;
  const auto doubtful = members_.doubtful_with(peer.name);
  const auto version = shards_.version(); // before the shards are asked
  if (!doubtful.empty()) {
    record.told_version.reset();
  } else if (record.told_version != version) {
    record.told_version = version;
    record.told_in = order.sequence;
  } else if (!is_whole && record.told_in <= order.since) {
    return;
  }
  reports_.resize(shards_.count());
  for (std::size_t shard = 0; shard < reports_.size(); ++shard)
    to.shards.push_back(
        reports_[shard].make(peer.name, shards_.known_to(shard, peer, doubtful),
                             order.sequence, order.since, is_whole));
}

void heartbeats::send_soon(const node_names& peers) {
  for (const auto& peer : peers)
    if (connections_.to_node(peer))
      early_.add_heartbeat(peer);
  consider_timer();
}

void heartbeats::plan_soon() {
  early_.add_plan();
  consider_timer();
}

void heartbeats::consider_timer() {
  if (early_.needs_timer())
    effects_.add(wake_up_after{early_work::pause});
}

void heartbeats::wake_up(tick_time now) {
  const auto due = early_.take();
  if (due.has_plan)
    plan_relays(now);
  for (const auto& peer : due.peers)
    if (const auto id = connections_.to_node(peer))
      send(*id, now);
}

// -- to the shards ------------------------------------------------------------

void heartbeats::plan_relays(tick_time now) {
  if (auto plan = relays_.next(members_, connections_, now))
    effects_.add(to_all_shards{std::move(*plan)});
}

void heartbeats::pass_reports(const std::string& sender,
                              std::vector<shard_report> reports,
                              bool has_events) {
  const auto version = shards_.version(); // before the shards are asked
  const auto known = peers_.find(sender);
  const bool is_empty
      = std::all_of(reports.begin(), reports.end(),
                    [](const auto& report) { return report.is_empty(); });
  if (!has_events && is_empty && known != peers_.end()
      && known->second.settled_version == version)
    return;
  bool is_settled = !has_events;
  reports.resize(shards_.count());
  for (std::size_t shard = 0; shard < reports.size(); ++shard)
    if (has_events || !reports[shard].is_empty()
        || !shards_.is_settled(shard, sender)) {
      is_settled = false;
      effects_.add(
          to_shard{shard, report_arrived{sender, std::move(reports[shard])}});
    }
  if (known != peers_.end() && is_settled)
    known->second.settled_version = version;
}

// -- names --------------------------------------------------------------------

bool has_good_names(const heartbeat& message) {
  const auto are_good = [](const std::optional<node_names>& names) {
    return !names
           || std::all_of(names->begin(), names->end(), is_good_node_name);
  };
  return are_good(message.missing) && are_good(message.relays)
         && std::all_of(message.others.begin(), message.others.end(),
                        [](const liveness_report& other) {
                          return is_good_node_name(other.who.name);
                        })
         && std::all_of(message.departed.begin(), message.departed.end(),
                        [](const node_incarnation& left) {
                          return is_good_node_name(left.name);
                        });
}

} // namespace rollcall::crdt
