#pragma once

#include "rollcall/types.hpp"

#include <string>
#include <string_view>

/// Presences in the JSON of the Phoenix presence events.
namespace rollcall {

/// Appends `text` as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);

/// Appends one meta: the object that was tracked, with `phx_ref` and, after an
/// update, `phx_ref_prev`.
void append_meta_json(std::string& out, const entry& presence);

/// Appends `{"key":{"metas":[...], ...}, ...}`: the payload of
/// `presence_state`.
void append_state_json(std::string& out, const snapshot& presences,
                       const enrichment& extra = {});

/// Appends `{"joins":{...},"leaves":{...}}`: the payload of `presence_diff`.
void append_diff_json(std::string& out, const diff& change);

} // namespace rollcall
