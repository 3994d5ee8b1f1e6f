#pragma once

#include "rollcall/json_string.hpp"
#include "rollcall/types.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

/// Presences in the JSON of the Phoenix presence events.
namespace rollcall {

/// Appends one meta: the object that was tracked, with `phx_ref` and, after an
/// update, `phx_ref_prev`.
void append_meta_json(std::string& out, const entry& presence);

/// After how many bytes a text of presences ends.
struct keyed_json_bounds {
  /// Then no further key begins.
  std::size_t bytes = std::string::npos;
  /// Then no further meta of a key that has begun follows.
  std::size_t bytes_max = std::string::npos;
};

/// Appends `{"key":{"metas":[...]}, ...}` for presences in order of key. It
/// has the first of them whatever the bounds are.
/// @returns of how many presences: of the first ones.
std::size_t append_keyed_json(std::string& out,
                              std::span<const entry_ptr> presences,
                              const keyed_json_bounds& bounds = {});

/// Appends `{"key":{"metas":[...], ...}, ...}`: the payload of
/// `presence_state`.
void append_state_json(std::string& out, const snapshot& presences,
                       const enrichment& extra = {});

/// How far `append_state_part` has come. Valid as long as the snapshot.
struct state_position {
  /// At the beginning.
  explicit state_position(const snapshot& presences) noexcept
      : next{presences.begin()} {
  }

  snapshot::iterator next;  ///< What is written next.
  std::string_view key;     ///< The key whose metas are being written.
  bool has_begun = false;   ///< The opening brace is written.
  bool has_key = false;     ///< `key` is one.
  bool is_complete = false; ///< Nothing is left.
};

/// Appends the next part of what `append_state_json` would write: about
/// `bytes_max`, at most one meta or one key's enrichment more, and always
/// something. The parts in a row are the whole text.
void append_state_part(std::string& out, const snapshot& presences,
                       const enrichment& extra, state_position& at,
                       std::size_t bytes_max);

/// Appends `{"joins":{...},"leaves":{...}}`: the payload of `presence_diff`.
/// `joins` also has what returned, and `leaves` what passed, for clients whose
/// state was taken meanwhile; others hold those metas, or have none of that
/// `phx_ref`, and find nothing to do.
void append_diff_json(std::string& out, const diff& change);

/// The same, and each meta of `leaves` also has `"leave_reason":"lost"`, behind
/// all else. Phoenix' `Presence` hands it to `onLeave` and keeps none of it.
void append_diff_json_with_reasons(std::string& out, const diff& change);

} // namespace rollcall
