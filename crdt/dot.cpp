#include "crdt/dot.hpp"

namespace rollcall::crdt {

namespace {

constexpr char alphabet[]
    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t tag_digits = 11;
constexpr std::size_t seq_digits_max = 11;

/// FNV-1a: stable across machines, and strings here are short.
class hasher {
public:
  void add(std::string_view text) noexcept {
    for (const char c : text)
      add_byte(static_cast<unsigned char>(c));
  }

  void add(std::uint64_t number) noexcept {
    for (int shift = 0; shift < 64; shift += 8)
      add_byte(static_cast<unsigned char>(number >> shift));
  }

  /// Finishes with an avalanche, since FNV leaves the top bits weak.
  [[nodiscard]] std::uint64_t finish() const noexcept {
    auto x = state_;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return x ^ (x >> 31);
  }

private:
  void add_byte(unsigned char byte) noexcept {
    state_ = (state_ ^ byte) * 0x100000001b3ull;
  }

  std::uint64_t state_ = 0xcbf29ce484222325ull;
};

} // namespace

replica_tag tag_of(const replica_id& id) noexcept {
  hasher hash;
  hash.add(id.node);
  hash.add(id.incarnation);
  hash.add(std::uint64_t{id.shard} << 32 | id.generation);
  const auto value = hash.finish();
  return {value == 0 ? 1 : value};
}

void append_phx_ref(std::string& out, dot which) {
  char digits[tag_digits + seq_digits_max];
  std::size_t length = tag_digits;
  auto tag = which.replica.value;
  for (auto i = tag_digits; i-- > 0; tag >>= 6)
    digits[i] = alphabet[tag & 63];
  std::size_t seq_digits = 1;
  for (auto rest = which.seq >> 6; rest != 0; rest >>= 6)
    ++seq_digits;
  length += seq_digits;
  auto seq = which.seq;
  for (auto i = length; i-- > tag_digits; seq >>= 6)
    digits[i] = alphabet[seq & 63];
  out.append(digits, length);
}

std::string phx_ref_of(dot which) {
  std::string result;
  if (which.seq != 0)
    append_phx_ref(result, which);
  return result;
}

} // namespace rollcall::crdt
