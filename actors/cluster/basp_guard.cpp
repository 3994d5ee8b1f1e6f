#include "actors/cluster/basp_guard.hpp"

#include "actors/cluster/heartbeat_frame.hpp"

#include <caf/atom.hpp>
#include <caf/io/basp/header.hpp>
#include <caf/io/basp/version.hpp>
#include <caf/message_id.hpp>

#include <algorithm>

namespace rollcall {

namespace {

using caf::io::basp::header;
using caf::io::basp::message_type;

static_assert(caf::io::basp::header_size == 32);

/// BASP asks this actor of a new peer for its name; nothing else is reached
/// by name.
constexpr auto spawn_server
    = static_cast<std::uint64_t>(caf::atom("SpawnServ"));

template <class T>
T big_endian(std::span<const std::byte> bytes) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    value = static_cast<T>(value << 8 | std::to_integer<T>(bytes[i]));
  return value;
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

header parse(std::span<const std::byte> bytes) {
  return {static_cast<message_type>(std::to_integer<std::uint8_t>(bytes[0])),
          std::to_integer<std::uint8_t>(bytes[3]),
          big_endian<std::uint32_t>(bytes.subspan(4)),
          big_endian<std::uint64_t>(bytes.subspan(8)),
          big_endian<std::uint64_t>(bytes.subspan(16)),
          big_endian<std::uint64_t>(bytes.subspan(24))};
}

bool is_message(const header& frame) {
  return frame.operation == message_type::direct_message
         || frame.operation == message_type::routed_message;
}

bool is_heartbeat_of_link(const header& frame) {
  return static_cast<std::uint8_t>(frame.operation)
         == heartbeat_frame::operation;
}

/// CAF's own rules, plus: a handshake has our version, and a message is
/// nobody's request and none of CAF's streams, whose queues believe what its id
/// says.
bool is_well_formed(const header& frame) {
  if (is_heartbeat_of_link(frame))
    return frame.payload_len != 0 && frame.flags == 0
           && frame.operation_data == 0 && frame.source_actor == 0
           && frame.dest_actor == 0;
  switch (frame.operation) {
  case message_type::server_handshake:
    return frame.operation_data == caf::io::basp::version
           && frame.payload_len != 0;
  case message_type::client_handshake:
    return frame.source_actor == 0 && frame.dest_actor == 0
           && frame.payload_len == basp_payload::client_handshake_bytes;
  case message_type::direct_message:
  case message_type::routed_message:
    return frame.dest_actor != 0 && frame.payload_len != 0
           && caf::message_id{frame.operation_data}.is_async();
  case message_type::monitor_message:
    return frame.payload_len == basp_payload::monitor_bytes
           && frame.operation_data == 0;
  case message_type::down_message:
    return frame.source_actor != 0 && frame.dest_actor == 0
           && frame.payload_len == basp_payload::down_bytes
           && frame.operation_data == 0;
  case message_type::heartbeat:
    return frame.source_actor == 0 && frame.dest_actor == 0
           && frame.payload_len == 0 && frame.operation_data == 0;
  }
  return false;
}

/// A node that dialed greets, then greets again to say that of all connections
/// it will use this one; the other side greets once.
constexpr int handshakes_max = 2;

bool is_in_turn(const header& frame, link_side side, int handshakes) {
  if (!is_handshake(frame))
    return handshakes > 0;
  if (side == link_side::dialed)
    return handshakes == 0 && frame.operation == message_type::server_handshake;
  const auto flags = handshakes == 0 ? 0 : header::select_connection_flag;
  return handshakes < handshakes_max && frame.flags == flags
         && frame.operation == message_type::client_handshake;
}

/// BASP asks every new peer for its spawn server, which nobody here answers.
bool is_question_of_basp(const header& frame) {
  return frame.operation == message_type::direct_message
         && frame.has(header::named_receiver_flag)
         && frame.dest_actor == spawn_server;
}

bool is_unwanted(const header& frame, std::uint64_t published) {
  switch (frame.operation) {
  case message_type::routed_message:
    return true;
  case message_type::direct_message:
    return frame.flags != 0 || frame.dest_actor != published;
  case message_type::monitor_message:
    return frame.dest_actor != published;
  default:
    return false;
  }
}

} // namespace

std::string_view to_string(frame_verdict verdict) noexcept {
  constexpr std::string_view names[]
      = {"good", "malformed frame", "frame too large",
         "handshake in the name of another node"};
  return names[static_cast<std::size_t>(verdict)];
}

basp_guard::basp_guard(link_side side, const basp_ends& ends,
                       frame_limits limits)
    : side_(side),
      ends_(ends),
      limits_(limits) {
  // nop
}

frame_verdict basp_guard::filter(std::span<const std::byte> bytes,
                                 std::vector<std::byte>& clean,
                                 std::vector<std::string>* heartbeats) {
  heartbeats_ = heartbeats;
  while (!bytes.empty()) {
    auto verdict = frame_verdict::good;
    if (header_size_ < header_bytes) {
      bytes = bytes.subspan(take_header(bytes));
      if (header_size_ < header_bytes)
        break;
      verdict = begin_frame(clean);
    } else {
      bytes = bytes.subspan(take_payload(bytes, clean));
      if (route_ == route::head)
        verdict = judge_head(clean);
    }
    if (verdict == frame_verdict::good && payload_left_ == 0)
      verdict = end_frame(clean);
    if (verdict != frame_verdict::good)
      return verdict;
  }
  return frame_verdict::good;
}

std::size_t basp_guard::take_header(std::span<const std::byte> bytes) {
  const auto size = std::min(bytes.size(), header_bytes - header_size_);
  std::copy_n(bytes.begin(), size, header_.begin() + header_size_);
  header_size_ += size;
  return size;
}

std::size_t basp_guard::take_payload(std::span<const std::byte> bytes,
                                     std::vector<std::byte>& clean) {
  auto size = std::min<std::size_t>(bytes.size(), payload_left_);
  if (route_ == route::head)
    size = std::min(size, basp_payload::frame_head_bytes_max - held_.size());
  const auto part = bytes.first(size);
  if (route_ == route::pass)
    clean.insert(clean.end(), part.begin(), part.end());
  else if (route_ != route::drop)
    held_.insert(held_.end(), part.begin(), part.end());
  payload_left_ -= static_cast<std::uint32_t>(size);
  return size;
}

frame_verdict basp_guard::begin_frame(std::vector<std::byte>& clean) {
  const auto frame = parse(header_);
  const auto bound = is_message(frame) ? limits_.message_bytes_max
                                       : limits_.control_bytes_max;
  if (frame.payload_len > bound)
    return frame_verdict::too_large;
  if (!is_well_formed(frame) || !is_in_turn(frame, side_, handshakes_))
    return frame_verdict::malformed;
  payload_left_ = frame.payload_len;
  const bool is_question = is_question_of_basp(frame);
  const bool is_dropped = is_question || is_unwanted(frame, ends_.published);
  route_ = is_dropped              ? route::drop
           : is_message(frame)     ? route::head
           : frame.payload_len > 0 ? route::hold
                                   : route::pass;
  dropped_ += is_dropped && !is_question ? 1 : 0;
  if (!is_handshake(frame))
    handshakes_ = handshakes_max;
  if (route_ == route::pass)
    clean.insert(clean.end(), header_.begin(), header_.end());
  // Each actor of a peer that speaks costs memory at CAF until the link ends.
  if (route_ == route::head
      && (frame.source_actor == 0
          || (speaker_ != 0 && speaker_ != frame.source_actor)))
    return frame_verdict::malformed;
  if (route_ == route::head)
    speaker_ = frame.source_actor;
  // A node says hello in a message before it sends heartbeats.
  if (is_heartbeat_of_link(frame) && speaker_ == 0)
    return frame_verdict::malformed;
  return frame_verdict::good;
}

frame_verdict basp_guard::judge_head(std::vector<std::byte>& clean) {
  const auto judged
      = basp_payload::check_frame_head(held_, parse(header_).payload_len);
  if (judged.state == basp_payload::head_state::incomplete && payload_left_ > 0)
    return frame_verdict::good;
  if (judged.state != basp_payload::head_state::good)
    return frame_verdict::malformed;
  text_bytes_ += judged.text_bytes;
  ++messages_;
  heartbeats_ = nullptr;
  pass_held(clean);
  route_ = route::pass;
  return frame_verdict::good;
}

frame_verdict basp_guard::end_frame(std::vector<std::byte>& clean) {
  header_size_ = 0;
  if (route_ != route::hold)
    return frame_verdict::good;
  const auto verdict = judge_held();
  if (verdict != frame_verdict::good)
    return verdict;
  if (is_heartbeat_of_link(parse(header_)))
    take_heartbeat(clean);
  else
    pass_held(clean);
  return verdict;
}

frame_verdict basp_guard::judge_held() {
  const auto frame = parse(header_);
  if (is_heartbeat_of_link(frame))
    return heartbeat_frame::fits(text_of(held_)) ? frame_verdict::good
                                                 : frame_verdict::malformed;
  if (frame.operation == message_type::monitor_message)
    return basp_payload::is_monitor(held_, ends_) ? frame_verdict::good
                                                  : frame_verdict::malformed;
  if (frame.operation == message_type::down_message)
    return basp_payload::is_down(held_, ends_) ? frame_verdict::good
                                               : frame_verdict::malformed;
  if (held_.size() < ends_.peer.size()
      || !std::equal(ends_.peer.begin(), ends_.peer.end(), held_.begin()))
    return frame_verdict::imposter;
  if (frame.operation == message_type::server_handshake) {
    const auto published = basp_payload::published_by(held_);
    if (!published)
      return frame_verdict::malformed;
    speaker_ = *published;
  }
  ++handshakes_;
  return frame_verdict::good;
}

void basp_guard::pass_held(std::vector<std::byte>& clean) {
  clean.insert(clean.end(), header_.begin(), header_.end());
  clean.insert(clean.end(), held_.begin(), held_.end());
  held_.clear();
}

void basp_guard::take_heartbeat(std::vector<std::byte>& clean) {
  text_bytes_ += held_.size();
  ++messages_;
  if (heartbeats_ != nullptr)
    heartbeats_->emplace_back(text_of(held_));
  else
    heartbeat_frame::append_message(held_, speaker_, ends_.published, clean);
  held_.clear();
}

} // namespace rollcall
