#include "rollcall/presence_json.hpp"

#include "crdt/dot.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
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

/// A meta without its last brace.
void open_meta(std::string& out, const entry& presence) {
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
}

/// Writes what stands before one presence that is behind others, which are
/// ordered by key. `key` is that of the one before, if `has_key`.
void open_keyed(std::string& out, const entry& presence,
                const enrichment& extra, std::string_view& key, bool& has_key) {
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
}

/// One presence of a diff.
struct told_presence {
  const entry* presence;
  const leave_reason* why; ///< Null if it is not told.
};

void add(std::vector<told_presence>& out,
         const std::vector<entry_ptr>& presences,
         std::span<const leave_reason> reasons) {
  for (std::size_t i = 0; i < presences.size(); ++i)
    out.push_back(
        {presences[i].get(), i < reasons.size() ? &reasons[i] : nullptr});
}

/// Appends presences in order of key, so that those of one key meet.
void append_side(std::string& out, std::vector<told_presence> presences,
                 const enrichment& extra) {
  std::stable_sort(presences.begin(), presences.end(),
                   [](const told_presence& a, const told_presence& b) {
                     return a.presence->key() < b.presence->key();
                   });
  std::string_view key;
  bool has_key = false;
  out += '{';
  for (const auto& [presence, why] : presences) {
    open_keyed(out, *presence, extra, key, has_key);
    open_meta(out, *presence);
    if (why != nullptr) {
      out += ",\"leave_reason\":\"";
      out += to_string(*why);
      out += '"';
    }
    out += '}';
  }
  if (has_key)
    close_key(out, key, extra);
  out += '}';
}

void append_diff(std::string& out, const diff& change, bool with_reasons) {
  std::vector<told_presence> joins, leaves;
  add(joins, change.joins, {});
  add(joins, change.returned, {});
  const std::span<const leave_reason> none;
  add(leaves, change.leaves,
      with_reasons ? std::span{change.leave_reasons} : none);
  add(leaves, change.passed,
      with_reasons ? std::span{change.passed_reasons} : none);
  out += "{\"joins\":";
  append_side(out, std::move(joins), change.joins_extra);
  out += ",\"leaves\":";
  append_side(out, std::move(leaves), change.leaves_extra);
  out += '}';
}

} // namespace

void append_meta_json(std::string& out, const entry& presence) {
  open_meta(out, presence);
  out += '}';
}

std::size_t append_keyed_json(std::string& out,
                              std::span<const entry_ptr> presences,
                              const keyed_json_bounds& bounds) {
  const enrichment none;
  const auto start = out.size();
  std::string_view key;
  bool has_key = false;
  std::size_t told = 0;
  out += '{';
  for (; told < presences.size(); ++told) {
    const auto& one = *presences[told];
    const bool is_begun = has_key && one.key() == key;
    if (has_key
        && out.size() - start >= (is_begun ? bounds.bytes_max : bounds.bytes))
      break;
    open_keyed(out, one, none, key, has_key);
    append_meta_json(out, one);
  }
  if (has_key)
    close_key(out, key, none);
  out += '}';
  return told;
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
    open_keyed(out, *at.next, extra, at.key, at.has_key);
    append_meta_json(out, *at.next);
  }
  if (at.has_key)
    close_key(out, at.key, extra);
  out += '}';
  at.is_complete = true;
}

void append_diff_json(std::string& out, const diff& change) {
  append_diff(out, change, false);
}

void append_diff_json_with_reasons(std::string& out, const diff& change) {
  append_diff(out, change, true);
}

} // namespace rollcall
