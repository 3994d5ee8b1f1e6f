#include "rollcall/presence_json.hpp"

#include <algorithm>
#include <vector>

namespace rollcall {

namespace {

/// Whether a byte must be escaped in a JSON string.
constexpr bool is_special(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

void append_escaped(std::string& out, char c) {
  constexpr char hex[] = "0123456789abcdef";
  switch (c) {
  case '"':
  case '\\':
    out += '\\';
    out += c;
    return;
  case '\n':
    out += "\\n";
    return;
  case '\t':
    out += "\\t";
    return;
  default:
    out += "\\u00";
    out += hex[static_cast<unsigned char>(c) >> 4];
    out += hex[static_cast<unsigned char>(c) & 15];
  }
}

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

/// Writes presences that come ordered by key as one object.
class keyed_writer {
public:
  keyed_writer(std::string& out, const enrichment& extra)
      : out_{out},
        extra_{extra} {
    out_ += '{';
  }

  void add(const entry& presence) {
    if (is_open_ && presence.key() == key_) {
      out_ += ',';
    } else {
      close_key();
      if (is_open_)
        out_ += ',';
      is_open_ = true;
      key_ = presence.key();
      append_json_string(out_, key_);
      out_ += ":{\"metas\":[";
    }
    append_meta_json(out_, presence);
  }

  void finish() {
    close_key();
    out_ += '}';
  }

private:
  void close_key() {
    if (!is_open_)
      return;
    out_ += ']';
    if (const auto found = extra_.find(key_); found != extra_.end()) {
      out_ += ',';
      if (!append_members(out_, found->second))
        out_.pop_back();
    }
    out_ += '}';
  }

  std::string& out_;
  const enrichment& extra_;
  std::string_view key_;
  bool is_open_ = false;
};

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
  keyed_writer writer{out, extra};
  for (const auto* presence : by_key(presences))
    writer.add(*presence);
  writer.finish();
}

} // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && !is_special(text[plain]))
      ++plain;
    out += text.substr(0, plain);
    if (plain == text.size())
      break;
    append_escaped(out, text[plain]);
    text.remove_prefix(plain + 1);
  }
  out += '"';
}

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
  keyed_writer writer{out, extra};
  for (const auto& presence : presences)
    writer.add(presence);
  writer.finish();
}

void append_diff_json(std::string& out, const diff& change) {
  out += "{\"joins\":";
  append_side(out, change.joins, change.joins_extra);
  out += ",\"leaves\":";
  if (change.passed.empty()) {
    append_side(out, change.leaves, change.leaves_extra);
  } else {
    auto leaves = change.leaves;
    leaves.insert(leaves.end(), change.passed.begin(), change.passed.end());
    append_side(out, leaves, change.leaves_extra);
  }
  out += '}';
}

} // namespace rollcall
