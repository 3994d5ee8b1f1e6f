#include "crdt/wire/interval_wire.hpp"

#include "crdt/wire/presence_wire.hpp"
#include "crdt/wire/wire_io.hpp"
#include "rollcall/limits.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace rollcall::wire {

namespace {

/// Sections of an interval. Append only.
enum section_tag : std::uint8_t {
  header_section = 1,
  live_section = 2,
  removed_section = 3,
  survivors_section = 4,
  reasons_section = 5, ///< Of the removed ones, if not all have left.
};

constexpr std::uint64_t has_survivors_flag = 1;

constexpr std::string_view error_names[]
    = {"none",          "truncated",      "unknown_format",
       "wrong_kind",    "missing_header", "out_of_order",
       "bad_reference", "too_long",       "inflated"};
static_assert(std::size(error_names)
                  == static_cast<std::size_t>(decode_error::inflated) + 1,
              "every decode_error needs a name");

// -- writing ------------------------------------------------------------------

void write_header(writer& to, const crdt::interval& interval) {
  to.fixed(interval.replica.value);
  to.number(interval.from);
  to.number(interval.to - interval.from);
  to.number(interval.as_of - interval.to);
  to.number(zigzag(interval.since - interval.from));
  to.number(interval.has_survivors ? has_survivors_flag : 0);
}

/// @pre `dots` are in order.
void write_removed(writer& to, const std::vector<crdt::removed_dot>& dots) {
  std::uint64_t last = 0;
  for (const auto& dot : dots) {
    to.number(dot.seq - last);
    last = dot.seq;
  }
}

/// How many follow each other that have the same reason, and which.
void write_reasons(writer& to, const std::vector<crdt::removed_dot>& dots) {
  for (auto next = dots.begin(); next != dots.end();) {
    const auto why = next->why;
    const auto end = std::find_if(
        next, dots.end(), [&](const auto& dot) { return dot.why != why; });
    to.number(static_cast<std::uint64_t>(end - next));
    to.byte(static_cast<std::uint8_t>(why));
    next = end;
  }
}

void write_all_removed(writer& to, std::vector<crdt::removed_dot> dots) {
  std::sort(dots.begin(), dots.end());
  to.section(removed_section, [&] { write_removed(to, dots); });
  if (std::any_of(dots.begin(), dots.end(), [](const auto& dot) {
        return dot.why != leave_reason::left;
      }))
    to.section(reasons_section, [&] { write_reasons(to, dots); });
}

void write_survivors(writer& to, const std::vector<crdt::seq_run>& runs) {
  std::uint64_t last = 0;
  for (const auto& run : runs) {
    to.number(run.first - last);
    to.number(run.last - run.first);
    last = run.last;
  }
}

// -- reading ------------------------------------------------------------------

/// Adds, and says whether the sum still is at most `most`.
bool advance(std::uint64_t& value, std::uint64_t by,
             std::uint64_t most) noexcept {
  if (value > most || by > most - value)
    return false;
  value += by;
  return true;
}

decode_error read_header(reader from, crdt::interval& out) {
  constexpr auto largest = ~std::uint64_t{0};
  out.replica.value = from.fixed();
  out.from = from.number();
  out.to = out.from;
  const bool fits_to = advance(out.to, from.number(), largest);
  out.as_of = out.to;
  const bool fits_as_of = advance(out.as_of, from.number(), largest);
  out.since = out.from + unzigzag(from.number());
  out.has_survivors = (from.number() & has_survivors_flag) != 0;
  if (from.is_bad())
    return decode_error::truncated;
  return fits_to && fits_as_of ? decode_error::none
                               : decode_error::out_of_order;
}

decode_error read_removed(reader from, crdt::interval& out) {
  std::uint64_t last = 0;
  while (from.left() > 0) {
    if (!advance(last, from.number(), out.from))
      return decode_error::out_of_order;
    out.removed.emplace_back(last);
  }
  return from.is_bad() ? decode_error::truncated : decode_error::none;
}

/// One that this version does not know, or that is no reason for a death,
/// counts as `left`.
leave_reason reason_of(std::uint8_t code) noexcept {
  const auto why = static_cast<leave_reason>(code);
  return why == leave_reason::lost || why == leave_reason::kicked
                 || why == leave_reason::replaced
             ? why
             : leave_reason::left;
}

decode_error read_reasons(reader from, crdt::interval& out) {
  auto next = out.removed.begin();
  while (from.left() > 0) {
    const auto count = from.number();
    const auto why = reason_of(from.byte());
    if (count > static_cast<std::uint64_t>(out.removed.end() - next))
      return decode_error::out_of_order;
    for (std::uint64_t i = 0; i < count; ++i)
      (next++)->why = why;
  }
  return from.is_bad() ? decode_error::truncated : decode_error::none;
}

decode_error read_survivors(reader from, crdt::interval& out) {
  std::uint64_t last = 0;
  while (from.left() > 0) {
    const auto gap = from.number();
    auto first = last;
    if (gap == 0 || !advance(first, gap, out.from))
      return decode_error::out_of_order;
    last = first;
    if (!advance(last, from.number(), out.from))
      return decode_error::out_of_order;
    out.survivors.push_back({first, last});
  }
  return from.is_bad() ? decode_error::truncated : decode_error::none;
}

decode_error read_section(std::uint8_t tag, std::string_view content,
                          crdt::interval& out) {
  switch (tag) {
  case live_section:
    return out.live.empty() ? presence_reader{content, out}.read_all()
                            : decode_error::out_of_order;
  case removed_section:
    return out.removed.empty() ? read_removed(reader{content}, out)
                               : decode_error::out_of_order;
  case reasons_section:
    return read_reasons(reader{content}, out);
  case survivors_section:
    return out.survivors.empty() ? read_survivors(reader{content}, out)
                                 : decode_error::out_of_order;
  default:
    return decode_error::none; // from a newer version
  }
}

} // namespace

std::string_view to_string(decode_error error) noexcept {
  const auto index = static_cast<std::size_t>(error);
  return index < std::size(error_names) ? error_names[index] : "unknown";
}

void encode(const crdt::interval& interval, std::string& out) {
  writer to{out};
  to.byte(format);
  to.byte(static_cast<std::uint8_t>(packet_kind::interval));
  to.section(header_section, [&] { write_header(to, interval); });
  if (!interval.live.empty())
    to.section(live_section, [&] { write_presences(to, interval); });
  if (!interval.removed.empty())
    write_all_removed(to, interval.removed);
  if (!interval.survivors.empty())
    to.section(survivors_section,
               [&] { write_survivors(to, interval.survivors); });
  to.finish();
}

decode_error decode(std::span<const std::byte> packet, crdt::interval& out) {
  out = {};
  reader from{packet};
  if (from.byte() != format)
    return from.is_bad() ? decode_error::truncated
                         : decode_error::unknown_format;
  if (from.byte() != static_cast<std::uint8_t>(packet_kind::interval))
    return from.is_bad() ? decode_error::truncated : decode_error::wrong_kind;
  bool has_header = false;
  while (from.left() > 0) {
    const auto tag = from.byte();
    const auto content = from.text();
    if (from.is_bad())
      return decode_error::truncated;
    // The header is first, since it bounds all the rest.
    if ((tag == header_section) == has_header)
      return decode_error::missing_header;
    const auto error = has_header ? read_section(tag, content, out)
                                  : read_header(reader{content}, out);
    if (error != decode_error::none)
      return error;
    has_header = true;
  }
  return has_header ? decode_error::none : decode_error::missing_header;
}

} // namespace rollcall::wire
