#include "app/examples/arena/pages.hpp"

#include "app/examples/arena/meta.hpp"
#include <rollcall/json_string.hpp>

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

namespace arena {

namespace {

/// Topics that `/arena.json` asks for at a time.
constexpr std::size_t topics_at_once = 1000;

using file_map = std::map<std::string, rollcall::http_response, std::less<>>;

void add_file(file_map& files, const std::string& path, std::string type,
              const std::string& source) {
  std::ifstream in{source, std::ios::binary};
  if (in)
    files[path] = {
        200,
        std::move(type),
        {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}},
        {}};
}

file_map read_files(const arena_config& settings) {
  file_map files;
  const auto& folder = settings.page_folder;
  const std::string script{"text/javascript; charset=utf-8"};
  add_file(files, "/", "text/html; charset=utf-8", folder + "/index.html");
  add_file(files, "/assets/arena.js", script, folder + "/arena.js");
  add_file(files, "/assets/style.css", "text/css; charset=utf-8",
           folder + "/style.css");
  add_file(files, "/assets/phoenix.mjs", script, settings.phoenix_file);
  return files;
}

/// `{"key": meta, ...}`: a player has one presence in a topic.
void append_topic(std::string& out, const rollcall::snapshot& presences) {
  out += '{';
  const char* separator = "";
  for (const auto& presence : presences) {
    out += std::exchange(separator, ",");
    rollcall::append_json_string(out, presence.key());
    out += ':';
    out += presence.meta();
  }
  out += '}';
}

void append_matches(std::string& out, const rollcall::presence& who) {
  out += '{';
  const char* separator = "";
  std::string after{match_prefix};
  for (;;) {
    const auto topics = who.topics(topics_at_once, after);
    for (const auto& [topic, size] : topics) {
      if (!topic.starts_with(match_prefix))
        continue;
      out += std::exchange(separator, ",");
      rollcall::append_json_string(out, topic);
      out += ':';
      append_topic(out, who.list(topic));
    }
    if (topics.size() < topics_at_once)
      break;
    after = topics.back().first;
  }
  out += '}';
}

std::string arena_json(const page_sources& from) {
  std::string out{"{\"node\":"};
  rollcall::append_json_string(out, from.node);
  fmt::format_to(std::back_inserter(out), ",\"ready\":{}", from.net.is_ready());
  out += ",\"lobby\":";
  append_topic(out, from.who.list(lobby_topic));
  out += ",\"matches\":";
  append_matches(out, from.who);
  const auto& counts = *from.profiles;
  fmt::format_to(std::back_inserter(out),
                 R"(,"profiles":{{"queries":{},"names":{},"sides":{},)"
                 R"("lists":{},"failures":{}}},"followers":{},"follows":{}}})",
                 counts.queries.load(), counts.names.load(),
                 counts.sides.load(), counts.lists.load(),
                 counts.failures.load(), from.who.stats().followers,
                 from.who.stats().follows);
  return out;
}

} // namespace

rollcall::http_function make_pages(const arena_config& settings,
                                   page_sources sources) {
  return [files = read_files(settings),
          from = std::move(sources)](const rollcall::http_request& request)
             -> std::optional<rollcall::http_response> {
    if (request.method != "GET")
      return std::nullopt;
    if (request.path == "/arena.json")
      return rollcall::http_response{
          200, "application/json", arena_json(from), {}};
    if (const auto file = files.find(request.path); file != files.end())
      return file->second;
    return std::nullopt;
  };
}

} // namespace arena
