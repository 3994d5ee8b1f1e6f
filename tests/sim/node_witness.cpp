#include "tests/sim/node_witness.hpp"

#include "tests/support/phx_ref.hpp"

#include <stdexcept>

namespace rollcall::sim {

namespace {

/// The ref that clients get names the presence, and no other text does.
void check_ref(const crdt::entry& presence) {
  const auto ref = presence.phx_ref();
  if (test::parse_phx_ref(ref) != presence.dot())
    throw std::logic_error{"the ref of a presence names another one"};
  const auto former = test::parse_phx_ref(presence.phx_ref_prev());
  if (former.seq != presence.previous_seq())
    throw std::logic_error{"the former ref of a presence names another one"};
  for (const auto& text : {"?" + ref.substr(1), ref.substr(0, 11) + "?",
                           ref + ref, "_" + ref.substr(1)})
    if (test::parse_phx_ref(text) == presence.dot() && text != ref)
      throw std::logic_error{"a text that is no ref names a presence"};
}

} // namespace

void node_witness::restart(std::size_t observer) {
  observers_[observer] = {};
}

void node_witness::made_heartbeat(const sim_node& from, std::uint64_t counter) {
  for (const auto& shard : from.shards()) {
    const auto tag = shard->tag();
    written_[tag][counter] = shard->set().progress_of(tag).seen;
  }
}

void node_witness::on_event(std::size_t observer, const crdt::node_event& event,
                            std::uint64_t counter) {
  auto& awaited = observers_[observer].awaited;
  for (std::uint16_t shard = 0; shard < 8; ++shard) {
    const auto tag
        = crdt::tag_of({event.who.name, event.who.incarnation, shard, 0});
    if (event.kind != crdt::node_event_kind::up)
      awaited.erase(tag);
    else if (const auto history = written_.find(tag); history != written_.end())
      awaited[tag] = history->second[counter];
  }
}

void node_witness::on_changes(std::size_t observer, sim_node& by,
                              std::size_t shard, const crdt::changes& all,
                              bool is_about_node) {
  auto& here = observers_[observer];
  const auto self = by.shards()[shard]->tag();
  for (const auto& change : all) {
    if (change.after)
      join(here, self, change);
    if (change.before)
      check_reason(self, change, is_about_node);
    if (change.before && !is_about_node)
      here.ended.insert(change.before->dot());
  }
  // Whoever forgot a node may meet it again and start from nothing.
  if (is_about_node)
    std::erase_if(here.ended, [&](const crdt::dot& dot) {
      for (const auto& any : by.shards())
        if (any->set().knows(dot.replica))
          return false;
      return true;
    });
  check_shown(here, *by.shards()[shard]);
}

/// A presence comes into being with an own write and in no other way.
void node_witness::join(observer_record& observer, crdt::replica_tag self,
                        const crdt::change& change) {
  ++observer.joins;
  const auto dot = change.after->dot();
  check_ref(*change.after);
  const auto text = test::replayed_view::text(*change.topic, *change.after);
  const auto origin
      = dot.replica == self ? ever_.emplace(dot, text).first : ever_.find(dot);
  if (origin == ever_.end() || origin->second != text)
    throw std::logic_error{"shown, but it never was: " + text};
  if (observer.ended.contains(dot))
    throw std::logic_error{"joined again after it left: " + text};
}

leave_reason node_witness::reason_of(const crdt::dot& version) const {
  const auto* end = &ends_.at(version);
  while (end->after)
    end = &ends_.at(end->after->dot());
  return end->why;
}

/// A presence left for the reason for which its node ended it, if that was
/// passed on.
void node_witness::check_reason(crdt::replica_tag self,
                                const crdt::change& change,
                                bool is_about_node) {
  const auto dot = change.before->dot();
  if (dot.replica == self) {
    ends_.emplace(dot, change);
    return;
  }
  const bool is_right = change.why == leave_reason::updated
                        || change.why == leave_reason::left
                        || (change.why == leave_reason::node_down
                                ? is_about_node
                                : reason_of(dot) == change.why);
  if (!is_right)
    throw std::logic_error{"a presence left for another reason"};
}

/// First sync, then show: all that the node had when it came is there. A shard
/// whose actor is down may still show what it showed before the node went and
/// came.
void node_witness::check_shown(observer_record& observer,
                               const node_shard& of) {
  if (!of.is_informed())
    return;
  std::erase_if(observer.awaited, [&](const auto& item) {
    const auto& [tag, written] = item;
    if (!of.set().is_visible(tag))
      return false;
    if (of.set().progress_of(tag).seen < written)
      throw std::logic_error{"a node is shown before it is in sync"};
    return true;
  });
}

} // namespace rollcall::sim
