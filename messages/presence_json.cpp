#include "rollcall/presence_json.hpp"

#include "crdt/dot.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace rollcall {

namespace {

/// Appends what stands between the braces of a JSON object.
/// @returns whether that was something.
bool append_members(std::string& out, std::string_view object) {
  const auto open = object.find('{');
  const auto close = object.rfind('}');
  if (open == std::string_view::npos || close == std::string_view::npos)
    return false;
  const auto inside = object.substr(open + 1, close - open - 1);
  if (inside.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return false;
  out += inside;
  return true;
}

/// Ends the object of a key: what enrichment adds to it, and its brace.
void close_key(std::string& out, std::string_view key,
               const enrichment& extra) {
  out += ']';
  if (const auto found = extra.find(key); found != extra.end()) {
    out += ',';
    if (!append_members(out, found->second))
      out.pop_back();
  }
  out += '}';
}

/// Writes one presence behind those before it, which are ordered by key.
/// `key` is that of the one before, if `has_key`.
void append_keyed(std::string& out, const entry& presence,
                  const enrichment& extra, std::string_view& key,
                  bool& has_key) {
  if (has_key && presence.key() == key) {
    out += ',';
  } else {
    if (has_key) {
      close_key(out, key, extra);
      out += ',';
    }
    has_key = true;
    key = presence.key();
    append_json_string(out, key);
    out += ":{\"metas\":[";
  }
  append_meta_json(out, presence);
}

/// Presences of a diff in order of key, so that those of one key meet.
std::vector<const entry*> by_key(const std::vector<entry_ptr>& presences) {
  std::vector<const entry*> result;
  result.reserve(presences.size());
  for (const auto& presence : presences)
    result.push_back(presence.get());
  std::stable_sort(
      result.begin(), result.end(),
      [](const entry* a, const entry* b) { return a->key() < b->key(); });
  return result;
}

void append_side(std::string& out, const std::vector<entry_ptr>& presences,
                 const enrichment& extra) {
  std::string_view key;
  bool has_key = false;
  out += '{';
  for (const auto* presence : by_key(presences))
    append_keyed(out, *presence, extra, key, has_key);
  if (has_key)
    close_key(out, key, extra);
  out += '}';
}

/// As one object, in which both have their place.
void append_sides(std::string& out, const std::vector<entry_ptr>& seen,
                  const std::vector<entry_ptr>& unseen,
                  const enrichment& extra) {
  if (unseen.empty())
    return append_side(out, seen, extra);
  auto all = seen;
  all.insert(all.end(), unseen.begin(), unseen.end());
  append_side(out, all, extra);
}

} // namespace

void append_meta_json(std::string& out, const entry& presence) {
  // The references come last: of two fields of one name, readers take the
  // last, so a meta that was sent back with its old `phx_ref` does no harm.
  out += '{';
  if (append_members(out, presence.meta()))
    out += ',';
  out += "\"phx_ref\":\"";
  crdt::append_phx_ref(out, presence.dot());
  out += '"';
  if (presence.previous_seq() != 0) {
    out += ",\"phx_ref_prev\":\"";
    crdt::append_phx_ref(out,
                         {presence.dot().replica, presence.previous_seq()});
    out += '"';
  }
  out += '}';
}

void append_state_json(std::string& out, const snapshot& presences,
                       const enrichment& extra) {
  state_position at{presences};
  append_state_part(out, presences, extra, at, out.max_size());
}

void append_state_part(std::string& out, const snapshot& presences,
                       const enrichment& extra, state_position& at,
                       std::size_t bytes_max) {
  const auto limit = bytes_max > out.max_size() - out.size()
                         ? out.max_size()
                         : out.size() + bytes_max;
  if (!std::exchange(at.has_begun, true))
    out += '{';
  for (const auto end = presences.end(); at.next != end; ++at.next) {
    if (out.size() >= limit)
      return;
    append_keyed(out, *at.next, extra, at.key, at.has_key);
  }
  if (at.has_key)
    close_key(out, at.key, extra);
  out += '}';
  at.is_complete = true;
}

void append_diff_json(std::string& out, const diff& change) {
  out += "{\"joins\":";
  append_sides(out, change.joins, change.returned, change.joins_extra);
  out += ",\"leaves\":";
  append_sides(out, change.leaves, change.passed, change.leaves_extra);
  out += '}';
}

} // namespace rollcall
