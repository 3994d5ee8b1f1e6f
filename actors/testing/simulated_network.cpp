#include "actors/testing/simulated_network.hpp"

#include "actors/testing/peer_proxy.hpp"

#include <caf/exit_reason.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/make_actor.hpp>

#include <fmt/core.h>

#include <chrono>
#include <utility>

namespace rollcall::testing {

namespace {

/// As `link_config::connect_timeout` has it.
const network_time connect_timeout = link_config{}.connect_timeout;

caf::error failure(link_error code, std::size_t to, const std::string& reason) {
  return caf::make_error(
      code, fmt::format("{}: {}", simulated_network::address_of(to), reason));
}

} // namespace

simulated_network::simulated_network(std::size_t nodes)
    : places_(nodes),
      wires_(nodes * nodes) {
}

std::string simulated_network::address_of(std::size_t node) {
  return fmt::format("node-{}:4610", node);
}

simulated_wire& simulated_network::wire(std::size_t from, std::size_t to) {
  return wires_.at(from * places_.size() + to);
}

/// Each incarnation has one of its own, as each process does.
caf::node_id simulated_network::id_of(std::size_t node) const {
  caf::node_id::default_data::host_id_type host{};
  host.back() = 1;
  return caf::make_node_id(
      static_cast<std::uint32_t>(1 + node
                                 + places_.size() * places_[node].incarnations),
      host);
}

// -- nodes --------------------------------------------------------------------

void simulated_network::attach(std::size_t node, attached_node attached) {
  auto& here = places_.at(node);
  here.attached = std::move(attached);
  ++here.incarnations;
}

void simulated_network::detach(std::size_t node) {
  auto& here = places_.at(node);
  here.attached.reset();
  for (const auto& [link, end] : here.ends)
    wire(node, end.peer).drop(link.value);
  here.ends.clear();
  std::erase_if(dials_, [&](const auto& one) {
    if (one.second.from != node)
      return false;
    wire(node, one.second.to).drop(one.first);
    return true;
  });
  const auto last = ++last_number_;
  for (std::size_t peer = 0; peer < places_.size(); ++peer) {
    wire(peer, node).clear();
    wire(node, peer)
        .send(
            last, [this, node, peer, last] { reset(peer, node, last); }, now_);
  }
}

/// A node learns that an incarnation of a peer is over, with all that began
/// before. A connect of the next one may have come first.
void simulated_network::reset(std::size_t node, std::size_t peer,
                              std::uint64_t last) {
  if (const auto link = link_between(node, peer); link && link->value < last)
    close_end(node, *link, "connection reset");
  std::vector<std::uint64_t> lost;
  for (const auto& [number, dial] : dials_)
    if (dial.from == node && dial.to == peer && number < last)
      lost.push_back(number);
  for (const auto number : lost)
    end_dial(number, link_error::unreachable, "connection reset");
}

// -- wires --------------------------------------------------------------------

void simulated_network::cut(std::size_t a, std::size_t b) {
  wire(a, b).cut();
  wire(b, a).cut();
}

void simulated_network::heal(std::size_t a, std::size_t b) {
  wire(a, b).heal(now_);
  wire(b, a).heal(now_);
}

void simulated_network::delay(std::size_t a, std::size_t b, network_time by) {
  wire(a, b).delay(by);
  wire(b, a).delay(by);
}

// -- connects -----------------------------------------------------------------

void simulated_network::dial(std::size_t from, const std::string& host,
                             peer_links::connected done) {
  std::size_t to = 0;
  while (to < places_.size() && !address_of(to).starts_with(host + ':'))
    ++to;
  if (to == places_.size())
    return done(failure(link_error::unreachable, to, "no such host"));
  if (to == from)
    return done(failure(link_error::myself, to, "that is this node"));
  if (link_between(from, to))
    return done(failure(link_error::duplicate, to, "there is a link"));
  const auto number = ++last_number_;
  dials_[number] = {from, to, std::move(done), now_ + connect_timeout};
  wire(from, to).send(
      number, [this, number] { dial_arrives(number); }, now_);
}

/// Sends a refusal back to the node that connects.
void simulated_network::answer_dial(std::uint64_t number, link_error code,
                                    const std::string& reason) {
  const auto& dial = dials_.at(number);
  wire(dial.to, dial.from)
      .send(
          number,
          [this, number, code, reason] { end_dial(number, code, reason); },
          now_);
}

void simulated_network::end_dial(std::uint64_t number, link_error code,
                                 const std::string& reason) {
  const auto found = dials_.find(number);
  if (found == dials_.end())
    return;
  const auto ended = std::move(found->second);
  dials_.erase(found);
  ended.done(failure(code, ended.to, reason));
}

/// When two nodes connect to each other at one moment, that of the first stays.
bool simulated_network::keeps_own_dial(std::size_t node,
                                       std::size_t peer) const {
  for (const auto& [number, dial] : dials_)
    if (dial.from == node && dial.to == peer)
      return node < peer;
  return false;
}

void simulated_network::dial_arrives(std::uint64_t number) {
  const auto found = dials_.find(number);
  if (found == dials_.end())
    return; // The other node gave up.
  const auto from = found->second.from;
  const auto to = found->second.to;
  if (!places_[to].attached)
    return answer_dial(number, link_error::unreachable, "connection refused");
  if (keeps_own_dial(to, from))
    return answer_dial(number, link_error::duplicate, "both connected");
  if (const auto stale = link_between(to, from))
    close_end(to, *stale, "the other node has connected anew");
  const link_id link{++last_number_};
  open_end(to, from, link, link_side::accepted);
  wire(to, from).send(
      link.value,
      [this, number, from, to, link] {
        if (dials_.contains(number))
          answer_arrives(number, link);
        else
          send_end(from, to, link); // This node gave up.
      },
      now_);
}

/// The answer of a slow wire may find a link that the other node has opened
/// since. Of two links that node keeps the one which it opened last.
void simulated_network::answer_arrives(std::uint64_t number, link_id link) {
  const auto found = dials_.find(number);
  const auto dial = std::move(found->second);
  dials_.erase(found);
  if (const auto other = link_between(dial.from, dial.to)) {
    if (*other > link)
      return dial.done(
          failure(link_error::duplicate, dial.to, "there is a newer link"));
    close_end(dial.from, *other, "the other node has taken a newer one");
  }
  auto published = open_end(dial.from, dial.to, link, link_side::dialed);
  dial.done(link_peer{link, std::move(published)});
}

bool simulated_network::end_late_dials() {
  std::vector<dial_record> late;
  std::erase_if(dials_, [&](auto& one) {
    if (one.second.deadline > now_)
      return false;
    wire(one.second.from, one.second.to).drop(one.first);
    late.push_back(std::move(one.second));
    return true;
  });
  for (const auto& dial : late)
    dial.done(failure(link_error::unreachable, dial.to, "no answer in time"));
  return !late.empty();
}

// -- links --------------------------------------------------------------------

std::optional<link_id> simulated_network::link_between(std::size_t node,
                                                       std::size_t peer) const {
  for (const auto& [link, end] : places_[node].ends)
    if (end.peer == peer)
      return link;
  return std::nullopt;
}

caf::actor simulated_network::open_end(std::size_t node, std::size_t peer,
                                       link_id link, link_side side) {
  auto& here = places_[node];
  auto& system = *here.attached->system;
  const auto peer_id = id_of(peer);
  caf::actor_config settings;
  auto proxy = caf::make_actor<peer_proxy, caf::actor>(
      system.next_actor_id(), peer_id, &system, settings, *this, node, link);
  auto traffic = std::make_shared<link_traffic>();
  here.ends[link]
      = {peer, caf::actor_cast<caf::strong_actor_ptr>(proxy), traffic};
  here.attached->events.up(
      {link, peer_id, side, address_of(peer), std::move(traffic)});
  return proxy;
}

void simulated_network::close_end(std::size_t node, link_id link,
                                  const std::string& reason) {
  auto& here = places_[node];
  const auto ended = here.ends.extract(link);
  if (!ended)
    return;
  wire(ended.mapped().peer, node).drop(link.value);
  const auto peer_id = ended.mapped().proxy->node();
  auto* proxy = caf::actor_cast<caf::abstract_actor*>(ended.mapped().proxy);
  static_cast<peer_proxy*>(proxy)->kill_proxy(
      nullptr, caf::exit_reason::remote_link_unreachable);
  here.attached->events.down({link, peer_id, reason});
}

void simulated_network::send_end(std::size_t from, std::size_t to,
                                 link_id link) {
  wire(from, to).send(
      link.value,
      [this, to, link] { close_end(to, link, "the other node closed it"); },
      now_);
}

void simulated_network::close(std::size_t node, link_id link) {
  const auto found = places_[node].ends.find(link);
  if (found == places_[node].ends.end())
    return;
  const auto peer = found->second.peer;
  close_end(node, link, "closed");
  send_end(node, peer, link);
}

void simulated_network::close_all(std::size_t node) {
  while (!places_[node].ends.empty())
    close(node, places_[node].ends.begin()->first);
}

// -- packets ------------------------------------------------------------------

void simulated_network::send(std::size_t from, link_id link,
                             std::string bytes) {
  const auto found = places_[from].ends.find(link);
  if (found == places_[from].ends.end())
    return;
  const auto to = found->second.peer;
  found->second.traffic->bytes_out += bytes.size();
  ++found->second.traffic->passed;
  wire(from, to).send(
      link.value,
      [this, to, link, bytes = std::move(bytes)] {
        frame_arrives(to, link, bytes);
      },
      now_);
}

void simulated_network::frame_arrives(std::size_t node, link_id link,
                                      const std::string& bytes) {
  auto& here = places_[node];
  const auto found = here.ends.find(link);
  if (found == here.ends.end())
    return;
  found->second.traffic->bytes_in += bytes.size();
  caf::actor_cast<caf::abstract_actor*>(here.attached->receiver)
      ->enqueue(caf::make_mailbox_element(found->second.proxy,
                                          caf::make_message_id(), {},
                                          wire_frame{bytes}),
                nullptr);
}

// -- time ---------------------------------------------------------------------

std::optional<network_time> simulated_network::next() const {
  std::optional<network_time> result;
  const auto consider = [&](network_time when) {
    result = result ? std::min(*result, when) : when;
  };
  for (const auto& one : wires_)
    if (const auto when = one.next())
      consider(*when);
  for (const auto& [number, dial] : dials_)
    consider(dial.deadline);
  return result;
}

bool simulated_network::advance_to(network_time now) {
  now_ = now;
  bool result = end_late_dials();
  for (auto& one : wires_)
    while (const auto arrival = one.take(now_)) {
      arrival();
      result = true;
    }
  return result;
}

} // namespace rollcall::testing
