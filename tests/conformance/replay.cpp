#include "tests/conformance/replay.hpp"

#include "crdt/presence_set.hpp"
#include "crdt/wire/interval_wire.hpp"
#include "tests/support/replayed_view.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::conformance {

namespace {

namespace json = boost::json;

/// Owners are names in a trace and numbers in a set.
class owner_names {
public:
  std::uint64_t number(std::string_view name) {
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (names_[i] == name)
        return i + 1;
    names_.emplace_back(name);
    return names_.size();
  }

  [[nodiscard]] const std::string& name(std::uint64_t number) const {
    return names_.at(number - 1);
  }

private:
  std::vector<std::string> names_;
};

/// One replica of the trace, with the set that its reported changes give.
struct site {
  crdt::replica_id id;
  std::unique_ptr<crdt::presence_set> set;
  crdt::progress sent; ///< How far it has broadcast.
  test::replayed_view view;
};

class world {
public:
  world(const json::object& header, const variant& how) : how_{how} {
    for (const auto& name : header.at("replicas").as_array())
      start(std::string{name.as_string()}, 1);
    for (auto& [name, here] : sites_)
      meet_all(here);
  }

  /// Does one line. @throws std::runtime_error saying what went wrong.
  void step(const json::object& line) {
    const auto op = text(line, "op");
    if (op == "broadcast")
      broadcast(line);
    else if (op == "sync")
      sync(at(line, "from"), at(line, "to"));
    else if (op == "down" || op == "up")
      set_visible(at(line, "at"), at(line, "replica"), op == "up");
    else if (op == "restart")
      restart(line);
    else if (op != "converged")
      write(op, line);
    for (auto& [name, here] : sites_)
      expect_exact_diffs(here);
    if (const auto* online = line.if_contains("online"))
      expect_online(online->as_object());
  }

private:
  static std::string text(const json::object& line, std::string_view field) {
    return std::string{line.at(field).as_string()};
  }

  site& at(const json::object& line, std::string_view field) {
    return sites_.at(text(line, field));
  }

  void start(const std::string& name, std::uint64_t incarnation) {
    auto& here = sites_[name];
    here.id = {name, incarnation, 0, 0};
    here.set = std::make_unique<crdt::presence_set>(here.id, how_.deaths_max);
    here.sent = {};
    here.view = {};
  }

  void meet_all(site& here) {
    for (auto& [name, other] : sites_)
      here.set->know(other.id, true);
  }

  void write(const std::string& op, const json::object& line) {
    auto& here = at(line, "at");
    const auto owner = owners_.number(text(line, "owner"));
    crdt::changes out;
    if (op == "leave_owner") {
      here.set->leave_owner(owner, out);
    } else {
      auto done = write_one(op, line, *here.set, owner);
      if (!done)
        throw std::runtime_error{"the set refused a valid " + op};
      out.push_back(std::move(*done));
    }
    record(here, out);
  }

  static std::optional<crdt::change> write_one(const std::string& op,
                                               const json::object& line,
                                               crdt::presence_set& set,
                                               std::uint64_t owner) {
    const auto topic = text(line, "topic");
    const auto key = text(line, "key");
    if (op == "leave")
      return set.leave(topic, key, owner);
    const auto meta
        = "{\"v\":" + std::to_string(line.at("meta").as_int64()) + "}";
    auto draft = crdt::stored_entry::make(key, meta, owner);
    if (op == "join")
      return set.join(topic, std::move(draft));
    if (op == "update")
      return set.update(topic, std::move(draft));
    throw std::runtime_error{"unknown operation " + op};
  }

  /// Whoever missed a part finds the next one beyond a hole.
  void broadcast(const json::object& line) {
    auto& from = at(line, "from");
    const auto tag = from.set->self_tag();
    while (const auto delta
           = from.set->make_interval(tag, from.sent, how_.chunk_bytes_max)) {
      from.sent = {delta->to, delta->as_of};
      for (const auto& name : line.at("to").as_array())
        transmit(sites_.at(std::string{name.as_string()}), *delta);
    }
  }

  void sync(site& from, site& to) {
    for (const auto& replica : to.set->replicas()) {
      const auto tag = crdt::tag_of(replica);
      if (tag == to.set->self_tag() || !from.set->knows(tag))
        continue;
      while (const auto missing = from.set->make_interval(
                 tag, to.set->progress_of(tag), how_.chunk_bytes_max))
        if (transmit(to, *missing) != crdt::apply_result::applied)
          throw std::runtime_error{"a sync was not applied"};
    }
  }

  crdt::apply_result transmit(site& to, const crdt::interval& interval) const {
    if (!how_.uses_wire)
      return apply(to, interval);
    std::string packet;
    wire::encode(interval, packet);
    crdt::interval received;
    const auto error = wire::decode(std::as_bytes(std::span{packet}), received);
    if (error != wire::decode_error::none)
      throw std::runtime_error{"an interval was refused: "
                               + std::string{wire::to_string(error)}};
    return apply(to, received);
  }

  static crdt::apply_result apply(site& to, const crdt::interval& interval) {
    crdt::changes out;
    const auto result = to.set->apply(interval, out);
    if (result == crdt::apply_result::malformed)
      throw std::runtime_error{"an interval was malformed"};
    record(to, out);
    return result;
  }

  static void set_visible(site& here, const site& other, bool is_visible) {
    crdt::changes out;
    here.set->set_visible(crdt::tag_of(other.id), is_visible, out);
    record(here, out);
  }

  void restart(const json::object& line) {
    const auto name = text(line, "at");
    const auto old = crdt::tag_of(sites_.at(name).id);
    start(name, static_cast<std::uint64_t>(line.at("incarnation").as_int64()));
    meet_all(sites_.at(name));
    for (auto& [other_name, other] : sites_) {
      if (other_name == name)
        continue;
      crdt::changes out;
      other.set->forget(old, out);
      record(other, out);
      other.set->know(sites_.at(name).id, true);
    }
  }

  /// Each reported change must be possible.
  static void record(site& here, const crdt::changes& reported) {
    if (const auto problem = here.view.take(reported))
      throw std::runtime_error{here.id.node + " reported " + *problem};
  }

  static void expect_exact_diffs(const site& here) {
    if (const auto problem = here.view.compare(*here.set))
      throw std::runtime_error{here.id.node + ": " + *problem};
  }

  [[nodiscard]] std::set<std::string> shown_by(const site& here) const {
    std::set<std::string> result;
    here.set->for_each_topic([&](const crdt::topic_node& topic) {
      for (const auto& presence : here.set->list(topic.name())) {
        const auto meta = json::parse(presence.meta()).as_object();
        result.insert(topic.name() + "/" + std::string{presence.key()} + "/"
                      + owners_.name(presence.owner()) + "/"
                      + std::to_string(meta.at("v").as_int64()));
      }
    });
    return result;
  }

  void expect_online(const json::object& online) const {
    for (const auto& [name, expected] : online) {
      std::set<std::string> wanted;
      for (const auto& presence : expected.as_array())
        wanted.emplace(presence.as_string());
      const auto shown = shown_by(sites_.at(std::string{name}));
      if (shown == wanted)
        continue;
      std::string difference;
      for (const auto& presence : shown)
        if (!wanted.contains(presence))
          difference += " +" + presence;
      for (const auto& presence : wanted)
        if (!shown.contains(presence))
          difference += " -" + presence;
      throw std::runtime_error{std::string{name}
                               + " shows wrongly:" + difference};
    }
  }

  variant how_;
  std::map<std::string, site> sites_;
  owner_names owners_;
};

} // namespace

const std::vector<variant>& variants() {
  static const std::vector<variant> all{
      {.name = "a full log"},
      {.name = "no log", .deaths_max = 0},
      {.name = "a log of 3", .deaths_max = 3},
      {.name = "a log of 20 in small chunks",
       .deaths_max = 20,
       .chunk_bytes_max = 60},
      {.name = "no log, one presence a chunk, over the wire",
       .deaths_max = 0,
       .chunk_bytes_max = 0,
       .uses_wire = true},
      {.name = "over the wire", .uses_wire = true},
      {.name = "a log of 3 in small chunks over the wire",
       .deaths_max = 3,
       .chunk_bytes_max = 100,
       .uses_wire = true},
  };
  return all;
}

std::optional<std::string> replay(const std::filesystem::path& trace,
                                  const variant& how) {
  std::ifstream in{trace};
  std::string line;
  std::size_t number = 1;
  try {
    if (!std::getline(in, line))
      return "line 1: no header";
    world everyone{json::parse(line).as_object(), how};
    while (std::getline(in, line)) {
      ++number;
      if (!line.empty())
        everyone.step(json::parse(line).as_object());
    }
  } catch (const std::exception& problem) {
    return "line " + std::to_string(number) + ": " + problem.what();
  }
  return std::nullopt;
}

std::optional<std::string> replay(const std::filesystem::path& trace) {
  for (const auto& how : variants())
    if (auto problem = replay(trace, how))
      return *problem + " (with " + how.name + ")";
  return std::nullopt;
}

} // namespace rollcall::conformance
