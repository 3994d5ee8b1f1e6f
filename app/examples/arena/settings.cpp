#include "app/examples/arena/settings.hpp"

#include "app/examples/arena/messages.hpp"
#include <rollcall/error.hpp>

#include <caf/settings.hpp>

#include <fmt/format.h>

#include <limits>
#include <utility>
#include <vector>

namespace arena {

namespace {

constexpr std::int64_t turn_ms_default = 20'000;
constexpr std::int64_t turn_ms_max = 3'600'000;

caf::error missing(const std::string& key) {
  return rollcall::make_error(rollcall::ec::invalid_config,
                              fmt::format("{} is not set", key));
}

caf::error out_of_bounds(const std::string& key, std::int64_t value,
                         std::int64_t least, std::int64_t most) {
  return rollcall::make_error(
      rollcall::ec::invalid_config,
      fmt::format("{} = {}; allowed: {} to {}", key, value, least, most));
}

std::string text(const caf::actor_system_config& from, const std::string& key) {
  return caf::get_or(from, key, std::string{});
}

} // namespace

arena_config::arena_config() {
  rollcall::configure(*this);
  add_message_types<caf::id_block::arena>();
  cluster.allow_tell<offer>();
  opt_group{custom_options_, "arena"}
      .add<std::string>("node", "name of this node, with a section in the file")
      .add<std::string>("database", "file of SQLite, or postgresql://...")
      .add<std::string>("cluster", "name of the cluster");
}

caf::error arena_config::read_ports() {
  for (const auto& [name, place] :
       {std::pair{"lines", &line_port}, std::pair{"web", &web_port}}) {
    const auto key = fmt::format("arena.{}.{}", node, name);
    const auto port = caf::get_or(*this, key, std::int64_t{-1});
    if (port == -1)
      return missing(key);
    constexpr std::int64_t most = std::numeric_limits<std::uint16_t>::max();
    if (port < 0 || port > most)
      return out_of_bounds(key, port, 0, most);
    *place = static_cast<std::uint16_t>(port);
  }
  return {};
}

caf::error arena_config::load(int argc, char** argv) {
  if (auto wrong = parse(argc, argv))
    return wrong;
  node = text(*this, "arena.node");
  database = text(*this, "arena.database");
  page_folder = text(*this, "arena.page-folder");
  phoenix_file = text(*this, "arena.phoenix-file");
  if (node.empty())
    return missing("arena.node");
  if (database.empty())
    return missing("arena.database");
  if (auto wrong = read_ports())
    return wrong;
  const auto turn_ms = caf::get_or(*this, "arena.turn-ms", turn_ms_default);
  if (turn_ms < 1 || turn_ms > turn_ms_max)
    return out_of_bounds("arena.turn-ms", turn_ms, 1, turn_ms_max);
  turn_limit = std::chrono::milliseconds{turn_ms};
  cluster.cluster_name
      = caf::get_or(*this, "arena.cluster", std::string{"arena"});
  cluster.listen = text(*this, fmt::format("arena.{}.cluster-listen", node));
  using peer_list = std::vector<std::string>;
  cluster.peers = caf::get_or(*this, "arena.peers", peer_list{});
  return {};
}

} // namespace arena
