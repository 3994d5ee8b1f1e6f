#include "crdt/cluster/greeting.hpp"

#include "crdt/names.hpp"
#include "rollcall/limits.hpp"

#include <algorithm>

namespace rollcall::crdt {

namespace {

std::string quoted(const std::string& text) {
  return "'" + text + "'";
}

std::string describe(const std::vector<std::string>& names) {
  std::string result;
  for (const auto& name : names)
    result += (result.empty() ? "" : ", ") + quoted(name);
  return result.empty() ? "no node" : result;
}

std::string objection_to_content(const wire::hello& hello,
                                 const greeting_rules& rules) {
  if (hello.protocol != wire::protocol_version)
    return "protocol version " + std::to_string(hello.protocol)
           + "; this node speaks " + std::to_string(wire::protocol_version);
  if (hello.cluster != rules.cluster_name)
    return "cluster name " + quoted(hello.cluster) + "; this is "
           + quoted(rules.cluster_name);
  if (hello.shard_count != rules.shard_count)
    return std::to_string(hello.shard_count) + " shards; this node has "
           + std::to_string(rules.shard_count);
  return name_problem(hello.node.name, limits::node_name_bytes_max,
                      "node_name");
}

std::string objection_to_name(const std::string& name, connection_id from,
                              const connection_table& all,
                              const greeting_rules& rules) {
  if (name == rules.own_name)
    return "node name " + quoted(name) + " is taken by this node";
  const auto& here = *all.find(from);
  if (rules.check_node_name && here.names
      && std::find(here.names->begin(), here.names->end(), name)
             == here.names->end())
    return "it calls itself " + quoted(name)
           + ", and its certificate is that of " + describe(*here.names);
  if (here.node && here.node->name != name)
    return "it calls itself " + quoted(name) + ", and was "
           + quoted(here.node->name) + " before";
  for (const auto& [id, other] : all)
    if (id != from && other.node && other.node->name == name)
      return "node name " + quoted(name) + " is taken by a node that is up";
  return {};
}

} // namespace

std::string objection_to(const wire::hello& hello, connection_id from,
                         const connection_table& all,
                         const greeting_rules& rules) {
  auto objection = objection_to_content(hello, rules);
  return objection.empty()
             ? objection_to_name(hello.node.name, from, all, rules)
             : objection;
}

bool is_accepted(const connection_table& all) {
  return std::any_of(all.begin(), all.end(), [](const auto& item) {
    return item.second.node && item.second.heard_at;
  });
}

} // namespace rollcall::crdt
