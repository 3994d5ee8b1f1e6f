#include "crdt/wire/presence_wire.hpp"

#include "rollcall/limits.hpp"

#include <algorithm>
#include <bit>

namespace rollcall::wire {

namespace {

/// What a presence has in common with the one before, or has at all.
enum presence_flag : std::uint8_t {
  next_seq_flag = 1,     ///< Its seq is the next one.
  same_topic_flag = 2,   ///< As the one before.
  same_owner_flag = 4,   ///< As the one before.
  same_meta_flag = 8,    ///< As the one before.
  update_flag = 16,      ///< It replaced an older version.
  shared_key_flag = 32,  ///< Its key begins like the one before.
  shared_meta_flag = 64, ///< Its meta begins or ends like the one before.
  extension_flag = 128,  ///< Fields follow; those of a newer version are
                         ///< skipped.
};

/// Fields of the extension of a presence: tag, length, content. Append only.
enum field_tag : std::uint8_t {
  login_field = 1, ///< The moment, and the origin if it is another replica.
};

/// Shorter common parts cost more than they save.
constexpr std::size_t shared_bytes_min = 2;

std::size_t common_prefix(std::string_view a, std::string_view b) noexcept {
  const auto most = std::min(a.size(), b.size());
  const auto end = a.begin() + static_cast<std::ptrdiff_t>(most);
  return static_cast<std::size_t>(std::mismatch(a.begin(), end, b.begin()).first
                                  - a.begin());
}

std::size_t common_suffix(std::string_view a, std::string_view b,
                          std::size_t most) noexcept {
  std::size_t count = 0;
  while (count < most && a[a.size() - 1 - count] == b[b.size() - 1 - count])
    ++count;
  return count;
}

/// Numbers the topics of a packet in order of appearance. A topic is told by
/// where its bytes are: in an interval the presences of one share them, and
/// if not it is named twice, which is right too.
class topic_numbers {
public:
  explicit topic_numbers(std::size_t presences)
      : slots_(std::bit_ceil(presences * 2 + 2)) {
  }

  /// @returns its number, from 1, or 0 if it got one just now.
  std::uint32_t find_or_add(std::string_view topic) {
    const auto mask = slots_.size() - 1;
    auto at = (reinterpret_cast<std::uintptr_t>(topic.data()) >> 4)
                      * 0x9e3779b97f4a7c15ull
                  >> 20
              & mask;
    for (; slots_[at].number != 0; at = (at + 1) & mask)
      if (slots_[at].topic.data() == topic.data()
          && slots_[at].topic.size() == topic.size())
        return slots_[at].number;
    slots_[at] = {topic, ++last_};
    return 0;
  }

private:
  struct slot {
    std::string_view topic;
    std::uint32_t number = 0;
  };

  std::vector<slot> slots_;
  std::uint32_t last_ = 0;
};

class presence_writer {
public:
  presence_writer(writer& to, const crdt::interval& interval)
      : to_{to},
        start_{to.size()},
        topics_{interval.live.size()},
        seq_{interval.from} {
  }

  void write(const crdt::interval_member& member) {
    const auto& presence = *member.presence;
    const auto flags = flags_of(member);
    to_.byte(flags);
    if ((flags & next_seq_flag) == 0)
      to_.number(presence.dot().seq - seq_);
    if ((flags & same_topic_flag) == 0)
      write_topic(member.topic);
    if ((flags & same_owner_flag) == 0)
      to_.number(zigzag(presence.owner() - owner_));
    if ((flags & update_flag) != 0)
      to_.number(presence.dot().seq - presence.previous_seq());
    write_key(presence.key(), flags);
    if ((flags & same_meta_flag) == 0)
      write_meta(presence.meta(), flags);
    if ((flags & extension_flag) != 0)
      write_login(presence);
    seq_ = presence.dot().seq;
    owner_ = presence.owner();
    topic_ = member.topic;
    key_ = presence.key();
    meta_ = presence.meta();
  }

private:
  std::uint8_t flags_of(const crdt::interval_member& member) {
    const auto& presence = *member.presence;
    unsigned flags = 0;
    if (presence.dot().seq == seq_ + 1)
      flags |= next_seq_flag;
    if (member.topic.data() == topic_.data()
        && member.topic.size() == topic_.size())
      flags |= same_topic_flag;
    if (presence.owner() == owner_)
      flags |= same_owner_flag;
    if (presence.previous_seq() != 0)
      flags |= update_flag;
    if (crdt::stored_entry::of(presence).began())
      flags |= extension_flag;
    if (may_share(presence))
      flags |= share(presence.key(), presence.meta());
    return static_cast<std::uint8_t>(flags);
  }

  /// Whether the packet stays within `inflation_max` if this one shares.
  bool may_share(const crdt::entry& presence) {
    const auto limit
        = (to_.size() - start_) * inflation_max + inflation_start_bytes;
    unpacked_bytes_ += presence.key().size() + presence.meta().size();
    return unpacked_bytes_ <= limit;
  }

  unsigned share(std::string_view key, std::string_view meta) {
    unsigned flags = 0;
    key_prefix_ = common_prefix(key_, key);
    if (key_prefix_ >= shared_bytes_min)
      flags |= shared_key_flag;
    prefix_ = common_prefix(meta_, meta);
    if (prefix_ == meta.size() && prefix_ == meta_.size())
      return flags | same_meta_flag;
    suffix_ = common_suffix(meta_, meta,
                            std::min(meta_.size(), meta.size()) - prefix_);
    if (prefix_ + suffix_ > shared_bytes_min)
      flags |= shared_meta_flag;
    return flags;
  }

  void write_topic(std::string_view topic) {
    const auto number = topics_.find_or_add(topic);
    to_.number(number);
    if (number == 0)
      to_.text(topic);
  }

  void write_key(std::string_view key, unsigned flags) {
    if ((flags & shared_key_flag) != 0) {
      to_.number(key_prefix_);
      key.remove_prefix(key_prefix_);
    }
    to_.text(key);
  }

  void write_meta(std::string_view meta, unsigned flags) {
    if ((flags & shared_meta_flag) != 0) {
      to_.number(prefix_);
      to_.number(suffix_);
      meta = meta.substr(prefix_, meta.size() - prefix_ - suffix_);
    }
    to_.text(meta);
  }

  void write_login(const crdt::entry& presence) {
    const auto when = crdt::stored_entry::of(presence).began();
    std::string fields;
    writer to{fields};
    to.section(login_field, [&] {
      to.number(when->moment_ms);
      if (when->origin != presence.dot().replica)
        to.fixed(when->origin.value);
    });
    to.finish();
    to_.text(fields);
  }

  writer& to_;
  std::size_t start_;
  topic_numbers topics_;
  std::uint64_t seq_;
  std::uint64_t owner_ = 0;
  std::size_t unpacked_bytes_ = 0;
  std::string_view topic_;
  std::string_view key_;
  std::string_view meta_;
  std::size_t key_prefix_ = 0;
  std::size_t prefix_ = 0;
  std::size_t suffix_ = 0;
};

} // namespace

void write_presences(writer& to, const crdt::interval& interval) {
  presence_writer presences{to, interval};
  for (const auto& member : interval.live)
    presences.write(member);
}

// -- reading ------------------------------------------------------------------

decode_error presence_reader::read_all() {
  // A presence takes four bytes at least: flags, key, meta and one more.
  out_.live.reserve(std::min(from_.left() / 4, std::size_t{4'096}));
  while (from_.left() > 0)
    if (const auto error = read_one(); error != decode_error::none)
      return error;
  return from_.is_bad() ? decode_error::truncated : decode_error::none;
}

bool presence_reader::is_inflated() const noexcept {
  return unpacked_bytes_ > size_ * inflation_max + inflation_start_bytes;
}

decode_error presence_reader::read_one() {
  const auto flags = from_.byte();
  const auto step = (flags & next_seq_flag) != 0 ? 1 : from_.number();
  if (!from_.is_bad() && (step == 0 || step > out_.to - seq_))
    return decode_error::out_of_order;
  seq_ += step;
  if (const auto error = read_topic(flags); error != decode_error::none)
    return error;
  if ((flags & same_owner_flag) == 0)
    owner_ += unzigzag(from_.number());
  const auto age = (flags & update_flag) != 0 ? from_.number() : seq_;
  if (age > seq_ || (age == 0 && !from_.is_bad()))
    return decode_error::out_of_order;
  if (const auto error = read_key(flags); error != decode_error::none)
    return error;
  if (const auto error = read_meta(flags); error != decode_error::none)
    return error;
  login_.reset();
  if ((flags & extension_flag) != 0)
    read_extension(reader{from_.text()});
  if (from_.is_bad())
    return decode_error::truncated;
  unpacked_bytes_ += key_.size() + meta_.size();
  if (is_inflated())
    return decode_error::inflated;
  out_.live.push_back(
      {topic_, crdt::stored_entry::make(key_, meta_, owner_,
                                        crdt::dot{out_.replica, seq_},
                                        seq_ - age, login_)});
  return decode_error::none;
}

/// What cannot be read makes the whole unreadable.
void presence_reader::read_extension(reader fields) {
  while (fields.left() > 0) {
    const auto tag = fields.byte();
    const auto content = fields.text();
    if (tag == login_field && !fields.is_bad())
      read_login(reader{content});
  }
  if (fields.is_bad())
    from_.fail();
}

void presence_reader::read_login(reader content) {
  const auto moment = content.number();
  const auto origin
      = content.left() == 0 ? out_.replica.value : content.fixed();
  if (content.is_bad() || moment > crdt::login_moment_max)
    from_.fail();
  else
    login_ = crdt::login{moment, {origin}};
}

decode_error presence_reader::read_topic(std::uint8_t flags) {
  if ((flags & same_topic_flag) != 0)
    return topics_.empty() ? decode_error::bad_reference : decode_error::none;
  const auto number = from_.number();
  if (number > topics_.size())
    return decode_error::bad_reference;
  if (number != 0) {
    topic_ = topics_[static_cast<std::size_t>(number) - 1];
    return decode_error::none;
  }
  topic_ = from_.text();
  if (from_.is_bad())
    return decode_error::truncated;
  if (topic_.empty() || topic_.size() > limits::topic_bytes_max)
    return decode_error::too_long;
  topics_.push_back(topic_);
  return decode_error::none;
}

decode_error presence_reader::read_key(std::uint8_t flags) {
  const auto shared
      = (flags & shared_key_flag) != 0 ? from_.number() : std::uint64_t{0};
  if (shared > key_.size())
    return decode_error::bad_reference;
  const auto rest = from_.text();
  if (shared + rest.size() > limits::key_bytes_max)
    return decode_error::too_long;
  key_.resize(static_cast<std::size_t>(shared));
  key_.append(rest);
  return decode_error::none;
}

decode_error presence_reader::read_meta(std::uint8_t flags) {
  if ((flags & same_meta_flag) != 0)
    return decode_error::none;
  const bool is_shared = (flags & shared_meta_flag) != 0;
  const auto prefix = is_shared ? from_.number() : std::uint64_t{0};
  const auto suffix = is_shared ? from_.number() : std::uint64_t{0};
  if (prefix > meta_.size() || suffix > meta_.size() - prefix)
    return decode_error::bad_reference;
  const auto middle = from_.text();
  if (prefix + middle.size() + suffix > limits::meta_bytes_ceiling)
    return decode_error::too_long;
  next_meta_.assign(meta_, 0, static_cast<std::size_t>(prefix));
  next_meta_.append(middle);
  next_meta_.append(meta_, meta_.size() - static_cast<std::size_t>(suffix));
  meta_.swap(next_meta_);
  return decode_error::none;
}

} // namespace rollcall::wire
