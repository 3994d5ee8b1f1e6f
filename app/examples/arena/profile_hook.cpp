#include "app/examples/arena/profile_hook.hpp"

#include "app/examples/arena/meta.hpp"
#include <rollcall/error.hpp>
#include <rollcall/json_string.hpp>

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace arena {

namespace {

/// The names come as one parameter, a JSON array, so that one prepared
/// statement serves any number of them.
std::string profiles_by_name(const database& source) {
  return fmt::format("SELECT name, rating, wins, losses FROM player "
                     "WHERE name IN ({})",
                     source.each_of_parameter());
}

std::string names_of(const rollcall::metas_by_key& presences) {
  std::string result;
  for (const auto& [name, metas] : presences) {
    result += result.empty() ? '[' : ',';
    rollcall::append_json_string(result, name);
  }
  return result += ']';
}

} // namespace

rollcall::enrichment
profile_hook::fetch(const std::string& topic,
                    const rollcall::metas_by_key& presences) {
  rollcall::enrichment result;
  if (topic != lobby_topic)
    return result;
  const std::lock_guard lock{mutex_};
  const auto before = query_->runs();
  query_->bind(1, names_of(presences));
  while (query_->next())
    result.emplace(
        query_->text(0),
        fmt::format(R"({{"profile":{{"rating":{},"wins":{},"losses":{}}}}})",
                    query_->number(1), query_->number(2), query_->number(3)));
  if (query_->problem())
    ++counts_->failures;
  query_->reset();
  counts_->queries += query_->runs() - before;
  counts_->names += presences.size();
  // `on_diff` takes those of a diff away again.
  ++counts_->lists;
  return result;
}

void profile_hook::on_diff(const rollcall::diff& change) {
  if (change.topic != lobby_topic)
    return;
  const bool has_joins = !change.joins.empty() || !change.returned.empty();
  const auto sides = static_cast<std::uint64_t>(has_joins)
                     + static_cast<std::uint64_t>(!change.leaves.empty());
  counts_->sides += sides;
  counts_->lists -= sides;
}

rollcall::hooks_factory
make_profile_hooks(std::string where, std::shared_ptr<profile_counts> counts) {
  return [where = std::move(where), counts = std::move(counts)] {
    auto file = database::open(where);
    if (!file)
      throw std::runtime_error{rollcall::describe(file.error())};
    auto query = (*file)->prepare(profiles_by_name(**file));
    if (!query)
      throw std::runtime_error{rollcall::describe(query.error())};
    return std::make_unique<profile_hook>(std::move(*file), std::move(*query),
                                          counts);
  };
}

} // namespace arena
