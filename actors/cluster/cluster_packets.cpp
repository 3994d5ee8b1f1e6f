// The packets that come over a line.
#include "actors/cluster/cluster_actor.hpp"
#include "actors/cluster/peer_check.hpp"
#include "actors/request_check.hpp"
#include "rollcall/log.hpp"

#include <caf/send.hpp>

#include <fmt/core.h>

#include <utility>

namespace rollcall {

void cluster_state::take(frame_arrived& frame) {
  if (!links_)
    return;
  const auto share = share_of(frame);
  const auto kind = wire::kind_of(frame.bytes);
  if (kind == wire::packet_kind::hello)
    return take_hello(frame);
  if (kind == wire::packet_kind::refusal)
    return take_refusal(frame);
  if (accepted_line(frame) == nullptr)
    return; // nobody speaks before the hello
  if (kind == wire::packet_kind::beat)
    return take_beat(frame);
  if (kind == wire::packet_kind::shard)
    return take_shard_packet(frame, share);
  if (kind == wire::packet_kind::request)
    return take_request(frame);
  if (kind == wire::packet_kind::leaving)
    return take_leaving(frame);
  if (kind == wire::packet_kind::event)
    return take_event(frame);
  if (kind == wire::packet_kind::tell)
    return take_tell(frame);
  ++stats_.bad_packets; // or from a newer version
}

std::shared_ptr<const inflow_share>
cluster_state::share_of(const frame_arrived& frame) const {
  const auto found = lines_.find(frame.sender->node());
  if (found == lines_.end() || !found->second.traffic)
    return nullptr;
  return std::make_shared<const inflow_share>(found->second.traffic,
                                              frame.bytes.size());
}

cluster_state::peer_line*
cluster_state::accepted_line(const frame_arrived& frame) {
  const auto found = lines_.find(frame.sender->node());
  return found == lines_.end() || !found->second.life ? nullptr
                                                      : &found->second;
}

void cluster_state::take_beat(const frame_arrived& frame) {
  auto& from = *accepted_line(frame);
  const auto beat = wire::decode_beat(frame.bytes);
  if (!beat || beat->membership.sender.name != from.life->name
      || check(beat->membership)) {
    ++stats_.bad_packets;
    return;
  }
  ++stats_.heartbeats_received;
  from.life = beat->membership.sender; // it may have outgrown an earlier life
  heard_at_[from.life->name] = now();
  measure_round_trip(from, *beat);
  const auto sender = from.life->name;
  const bool is_first = !std::exchange(from.was_heard, true);
  handle(membership_->receive(beat->membership, now()));
  if (is_first)
    plan_relays();
  for (std::size_t i = 0; i < beat->shards.size(); ++i)
    to_shard(i, {crdt::report_arrived{sender, beat->shards[i]}});
}

void cluster_state::measure_round_trip(peer_line& from,
                                       const wire::beat& beat) {
  const auto& others = beat.membership.others;
  for (std::size_t i = 0; i < others.size() && i < beat.held.size(); ++i) {
    if (others[i].who != membership_->self() || !others[i].is_direct)
      continue;
    const auto sent = beat_times_[others[i].counter % beats_remembered];
    const auto held = std::chrono::microseconds{beat.held[i]};
    if (sent.count() != 0 && now() - sent >= held)
      from.round_trip = now() - sent - held;
  }
}

void cluster_state::take_shard_packet(frame_arrived& frame,
                                      std::shared_ptr<const void> share) {
  const auto packet = wire::decode_shard_packet(frame.bytes);
  if (!packet) {
    ++stats_.bad_packets;
    return;
  }
  const auto content_at = frame.bytes.size() - packet->interval.size();
  to_shard(packet->shard,
           {crdt::interval_arrived{accepted_line(frame)->life->name,
                                   std::move(frame.bytes), content_at},
            {},
            std::move(share)});
}

void cluster_state::take_request(const frame_arrived& frame) {
  const auto request = wire::decode_request(frame.bytes);
  if (!request) {
    ++stats_.bad_packets;
    return;
  }
  to_shard(request->shard,
           {crdt::request_arrived{accepted_line(frame)->life->name,
                                  request->replica, request->known}});
}

void cluster_state::take_leaving(const frame_arrived& frame) {
  const auto leaving = wire::decode_leaving(frame.bytes);
  if (!leaving || leaving->node.name != accepted_line(frame)->life->name) {
    ++stats_.bad_packets; // nobody leaves for another
    return;
  }
  handle(membership_->leave(leaving->node, now()));
}

void cluster_state::take_event(const frame_arrived& frame) {
  auto event = wire::decode_event(frame.bytes);
  if (!event || !is_good(*event)) {
    ++stats_.bad_packets;
    return;
  }
  auto result = std::make_shared<topic_event>();
  result->topic = std::move(event->topic);
  result->event = std::move(event->name);
  result->payload = std::move(event->payload);
  result->is_binary = event->is_binary;
  if (const auto shard = node_->slot_of(result->topic).shard())
    caf::anon_send(shard, topic_event_ptr{std::move(result)});
}

void cluster_state::take_tell(const frame_arrived& frame) {
  const auto tell = wire::decode_tell(frame.bytes);
  if (!tell || check_topic(tell->topic) || check_key(tell->key)) {
    ++stats_.bad_packets;
    return;
  }
  const auto message = tells_->decode(tell->message);
  if (!message) {
    ++stats_.tells_refused;
    log(log_level::warning, name,
        fmt::format("{} tells what is not allowed here: {}",
                    accepted_line(frame)->life->name,
                    describe(message.error())));
    return;
  }
  if (message->match_elements<told_event>()) {
    const auto& told = message->get_as<told_event>(0);
    if (!is_good({tell->topic, told.event, told.payload, told.is_binary})) {
      ++stats_.bad_packets;
      return;
    }
  }
  node_->tell_here(tell->topic, tell->key, *message);
}

} // namespace rollcall
