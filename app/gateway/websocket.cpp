#include "app/gateway/websocket.hpp"

#include "app/gateway/json_text.hpp"

#include <cstring>
#include <utility>

namespace rollcall::websocket {

namespace {

constexpr std::size_t mask_bytes = 4;
constexpr std::size_t control_bytes_max = 125;

std::uint64_t big_endian(const char* from, std::size_t count) noexcept {
  std::uint64_t result = 0;
  for (std::size_t i = 0; i < count; ++i)
    result = result << 8 | static_cast<std::uint8_t>(from[i]);
  return result;
}

bool is_control(opcode kind) noexcept {
  return static_cast<std::uint8_t>(kind) >= 8;
}

bool is_known(opcode kind) noexcept {
  const auto value = static_cast<std::uint8_t>(kind);
  return value <= 2 || (value >= 8 && value <= 10);
}

/// Codes that may be sent, RFC 6455 section 7.4.
bool may_be_sent(std::uint16_t code) noexcept {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014)
         || (code >= 3000 && code <= 4999);
}

void unmask(char* data, std::size_t size, const char* mask) noexcept {
  std::uint64_t wide = 0;
  std::memcpy(&wide, mask, mask_bytes);
  std::memcpy(reinterpret_cast<char*>(&wide) + mask_bytes, mask, mask_bytes);
  std::size_t i = 0;
  for (; i + sizeof wide <= size; i += sizeof wide) {
    std::uint64_t word = 0;
    std::memcpy(&word, data + i, sizeof word);
    word ^= wide;
    std::memcpy(data + i, &word, sizeof word);
  }
  for (; i < size; ++i)
    data[i] = static_cast<char>(data[i] ^ mask[i % mask_bytes]);
}

} // namespace

std::string encode_header(opcode kind, std::size_t payload_bytes) {
  std::string out;
  out += static_cast<char>(0x80 | static_cast<std::uint8_t>(kind));
  std::size_t size_bytes = 0;
  if (payload_bytes <= control_bytes_max) {
    out += static_cast<char>(payload_bytes);
  } else {
    size_bytes = payload_bytes <= 0xffff ? 2 : 8;
    out += static_cast<char>(size_bytes == 2 ? 126 : 127);
  }
  for (auto i = size_bytes; i-- > 0;)
    out += static_cast<char>(payload_bytes >> (8 * i) & 0xff);
  return out;
}

std::string encode(opcode kind, std::string_view payload) {
  auto out = encode_header(kind, payload.size());
  out += payload;
  return out;
}

std::string encode_close(std::uint16_t code, std::string_view reason) {
  std::string payload;
  payload += static_cast<char>(code >> 8);
  payload += static_cast<char>(code & 0xff);
  payload += reason.substr(0, control_bytes_max - payload.size());
  return encode(opcode::close, payload);
}

close_request decode_close(std::string_view payload) {
  if (payload.empty())
    return {};
  if (payload.size() == 1)
    return {0, close_code::protocol_error};
  const auto code = static_cast<std::uint16_t>(big_endian(payload.data(), 2));
  if (!may_be_sent(code))
    return {code, close_code::protocol_error};
  if (!channels::is_utf8(payload.substr(2)))
    return {code, close_code::invalid_utf8};
  return {code, close_code::none};
}

void reader::feed(std::span<char> received) {
  drop_taken();
  if (kept_.empty()) {
    input_ = received;
    return;
  }
  kept_.append(received.data(), received.size());
  input_ = kept_;
}

std::optional<incoming> reader::next() {
  if (is_assembled_ready_) {
    is_assembled_ready_ = false;
    std::string{}.swap(assembled_);
  }
  while (violation_ == close_code::none) {
    const auto frame = parse_header();
    if (!frame || input_.size() < frame->header_bytes + frame->payload_bytes) {
      keep_rest();
      return std::nullopt;
    }
    if (auto result = take(*frame))
      return result;
  }
  return std::nullopt;
}

std::optional<reader::header> reader::parse_header() {
  if (input_.size() < 2)
    return std::nullopt;
  const auto first = input_[0];
  const auto second = input_[1];
  header frame{static_cast<opcode>(first & 0x0f), (first & 0x80) != 0, 2,
               static_cast<std::uint64_t>(second & 0x7f)};
  const std::size_t size_bytes = frame.payload_bytes == 126   ? 2
                                 : frame.payload_bytes == 127 ? 8
                                                              : 0;
  if (!is_allowed(frame, first, second)) {
    violation_ = close_code::protocol_error;
    return std::nullopt;
  }
  if (input_.size() < 2 + size_bytes)
    return std::nullopt;
  if (size_bytes > 0)
    frame.payload_bytes = big_endian(input_.data() + 2, size_bytes);
  frame.header_bytes = 2 + size_bytes + mask_bytes;
  if (!is_control(frame.kind)
      && frame.payload_bytes > message_bytes_max_ - assembled_.size()) {
    violation_ = close_code::too_big;
    return std::nullopt;
  }
  return frame;
}

bool reader::is_allowed(const header& frame, char first, char second) {
  const bool has_reserved_bits = (first & 0x70) != 0;
  const bool is_masked = (second & 0x80) != 0;
  if (has_reserved_bits || !is_masked || !is_known(frame.kind))
    return false;
  if (is_control(frame.kind))
    return frame.is_final && frame.payload_bytes <= control_bytes_max;
  const bool is_unfinished = assembled_kind_ != opcode::continuation;
  return (frame.kind == opcode::continuation) == is_unfinished;
}

std::optional<incoming> reader::take(const header& frame) {
  auto* data = input_.data() + frame.header_bytes;
  const auto size = static_cast<std::size_t>(frame.payload_bytes);
  unmask(data, size, data - mask_bytes);
  input_ = input_.subspan(frame.header_bytes + size);
  if (!kept_.empty())
    taken_ = kept_.size() - input_.size();
  const std::string_view payload{data, size};
  if (is_control(frame.kind))
    return incoming{frame.kind, payload};
  if (frame.is_final && frame.kind != opcode::continuation)
    return incoming{frame.kind, payload};
  return assemble(frame, payload);
}

std::optional<incoming> reader::assemble(const header& frame,
                                         std::string_view payload) {
  if (frame.kind != opcode::continuation)
    assembled_kind_ = frame.kind;
  assembled_ += payload;
  if (!frame.is_final)
    return std::nullopt;
  is_assembled_ready_ = true;
  const auto kind = std::exchange(assembled_kind_, opcode::continuation);
  return incoming{kind, assembled_};
}

void reader::keep_rest() {
  if (kept_.empty()) {
    kept_.assign(input_.data(), input_.size());
    taken_ = 0;
  }
  drop_taken();
  input_ = {};
}

void reader::drop_taken() {
  if (taken_ == kept_.size())
    std::string{}.swap(kept_);
  else
    kept_.erase(0, taken_);
  taken_ = 0;
}

} // namespace rollcall::websocket
