#include "crdt/presence_set.hpp"

#include <cassert>
#include <limits>
#include <utility>

namespace rollcall::crdt {

presence_set::presence_set(const replica_id& self, std::size_t deaths_max)
    : log_{deaths_max} {
  know(self, true);
  own_ = state_of(tag_of(self));
}

presence_set::~presence_set() {
  for (auto& [tag, state] : replicas_)
    // All, also what was held before an interval was left in the middle.
    state->live.for_each(0, std::numeric_limits<std::uint64_t>::max(),
                         [](std::uint64_t, stored_entry& held) {
                           release(&held); // the reference that `hold` kept
                           return true;
                         });
  topics_.for_each([](topic_node& node) { release(&node); });
}

const replica_id& presence_set::self() const noexcept {
  return own_->id;
}

replica_tag presence_set::self_tag() const noexcept {
  return own_->tag;
}

std::uint64_t presence_set::own_writes() const noexcept {
  return own_->known.seen;
}

std::size_t presence_set::own_size() const noexcept {
  return own_->live.size();
}

presence_set::replica_state*
presence_set::state_of(replica_tag tag) const noexcept {
  const auto found = replicas_.find(tag);
  return found == replicas_.end() ? nullptr : found->second.get();
}

// -- topics -------------------------------------------------------------------

topic_node* presence_set::find_node(std::string_view name) const noexcept {
  return topics_.find(topic_node::hash_of(name), [&](const topic_node& node) {
    return node.name() == name;
  });
}

topic_node& presence_set::node_for(std::string_view name) {
  if (auto* found = find_node(name))
    return *found;
  ref_ptr<topic_node> fresh{new topic_node{name}};
  topics_.insert(*fresh);
  return *fresh.detach();
}

void presence_set::drop_if_unused(topic_node& node) {
  if (node.held_ != 0 || node.pins_ != 0)
    return;
  topics_.erase(node);
  release(&node);
}

const topic_node* presence_set::topic(std::string_view name) const noexcept {
  return find_node(name);
}

topic_ptr presence_set::pin(std::string_view topic) {
  auto& node = node_for(topic);
  ++node.pins_;
  return topic_ptr{&node};
}

void presence_set::unpin(std::string_view topic) {
  auto* node = find_node(topic);
  if (node == nullptr || node->pins_ == 0)
    return;
  --node->pins_;
  drop_if_unused(*node);
}

snapshot presence_set::list(std::string_view topic) {
  auto* node = find_node(topic);
  return node == nullptr ? snapshot{} : node->take_snapshot();
}

void presence_set::show(const entry& presence, topic_node& node) {
  node.insert(presence);
  count_shown(node);
}

void presence_set::count_shown(const topic_node& node) {
  ++size_;
  if (node.size() == 1)
    ++visible_topics_;
}

void presence_set::hide(const entry& presence, topic_node& node) {
  node.erase(presence);
  count_hidden(node);
}

void presence_set::count_hidden(const topic_node& node) {
  --size_;
  if (node.size() == 0)
    --visible_topics_;
}

// -- what a replica holds -----------------------------------------------------

/// The set keeps one reference to each presence, here, and the visible ones
/// have another from their leaf.
void presence_set::hold(replica_state& where, topic_node& node,
                        draft_ptr presence) {
  presence->topic_ = &node;
  ++node.held_;
  where.live.insert(presence->dot().seq, *presence);
  auto* const held = presence.detach();
  if (&where == own_)
    owners_.insert(*held);
}

/// Takes a presence out of the indexes but not out of its topic.
entry_ptr presence_set::unhold(replica_state& where, std::uint64_t seq) {
  auto* found = where.live.erase(seq);
  if (found == nullptr)
    return {};
  if (&where == own_)
    owners_.erase(*found);
  entry_ptr result{found};
  release(found);
  --found->topic_->held_;
  return result;
}

/// Takes a presence out altogether; its topic stays until `drop_if_unused`.
entry_ptr presence_set::drop(replica_state& where, std::uint64_t seq) {
  auto result = unhold(where, seq);
  if (result && where.is_visible)
    hide(*result, *stored_entry::of(*result).topic_);
  return result;
}

/// Puts `after` in the place of the presence at `before`.
change presence_set::swap(replica_state& where, std::uint64_t before,
                          topic_node& node, draft_ptr after) {
  change result{topic_ptr{&node}, unhold(where, before), after};
  assert(result.before);
  if (where.is_visible)
    node.replace(*result.before, *after);
  hold(where, node, std::move(after));
  return result;
}

/// Gives a draft the next own dot.
void presence_set::stamp(stored_entry& draft, std::uint64_t previous) {
  assert(draft.topic_ == nullptr);
  const auto seq = ++own_->known.seen;
  own_->known.as_of = seq;
  draft.set_version({own_->tag, seq}, previous);
  if (previous != 0)
    log_.add(seq, previous, leave_reason::updated);
}

// -- own writes ---------------------------------------------------------------

own_place presence_set::find_place(std::string_view topic, std::string_view key,
                                   std::uint64_t owner) const noexcept {
  own_place result;
  result.node_ = find_node(topic);
  if (result.node_ == nullptr)
    return result;
  result.where_ = result.node_->place_of(key, own_->tag, owner);
  result.presence_
      = result.node_->find_at(result.where_, key, own_->tag, owner);
  return result;
}

const entry* presence_set::find(std::string_view topic, std::string_view key,
                                std::uint64_t owner) const noexcept {
  return find_place(topic, key, owner).presence();
}

const entry* presence_set::find_own(std::uint64_t seq) const noexcept {
  return own_->live.find(seq);
}

void presence_set::disown(const entry& which) {
  owners_.erase(*own_->live.find(which.dot().seq));
}

const std::string& presence_set::topic_of(const entry& which) noexcept {
  return stored_entry::of(which).topic_->name();
}

std::vector<const entry*> presence_set::owned_by(std::uint64_t owner) const {
  std::vector<const entry*> result;
  for (const auto* it = owners_.first(owner); it != nullptr;
       it = owner_index::next(*it))
    result.push_back(it);
  return result;
}

std::optional<change> presence_set::join(std::string_view topic,
                                         draft_ptr draft) {
  return join_in(node_for(topic), std::move(draft));
}

join_result presence_set::join(std::string_view topic, draft_ptr draft,
                               std::size_t size_max) {
  auto* node = find_node(topic);
  if (node == nullptr)
    node = &node_for(topic);
  else if (node->size() >= size_max)
    return {std::nullopt, true};
  return {join_in(*node, std::move(draft)), false};
}

std::optional<change> presence_set::join_in(topic_node& node, draft_ptr draft) {
  const auto key = draft->key();
  const auto owner = draft->owner();
  const auto where = node.place_of(key, own_->tag, owner);
  if (node.find_at(where, key, own_->tag, owner) != nullptr)
    return std::nullopt;
  stamp(*draft, 0);
  node.insert_at(where, *draft);
  count_shown(node);
  change result{topic_ptr{&node}, {}, draft};
  hold(*own_, node, std::move(draft));
  return result;
}

std::optional<change> presence_set::update(std::string_view topic,
                                           draft_ptr draft) {
  const auto before = find_place(topic, draft->key(), draft->owner());
  if (before.presence() == nullptr)
    return std::nullopt;
  return replace(before, std::move(draft));
}

change presence_set::replace(const own_place& before, draft_ptr draft) {
  const auto old_seq = before.presence()->dot().seq;
  stamp(*draft, old_seq);
  auto& node = *before.node_;
  change result{topic_ptr{&node}, unhold(*own_, old_seq), draft};
  node.replace_at(before.where_, *draft);
  hold(*own_, node, std::move(draft));
  return result;
}

change presence_set::replace(const entry& before, draft_ptr draft) {
  const auto old_seq = before.dot().seq;
  stamp(*draft, old_seq);
  return swap(*own_, old_seq, *stored_entry::of(before).topic_,
              std::move(draft));
}

change presence_set::leave(const entry& which, leave_reason why) {
  own_place place;
  place.node_ = stored_entry::of(which).topic_;
  place.where_ = place.node_->locate(which);
  place.presence_ = &which;
  return leave(place, why);
}

change presence_set::leave(const own_place& which, leave_reason why) {
  auto& node = *which.node_;
  const auto dead = which.presence()->dot().seq;
  const auto seq = ++own_->known.seen;
  own_->known.as_of = seq;
  log_.add(seq, dead, why);
  change result{topic_ptr{&node}, unhold(*own_, dead), {}, why};
  node.erase_at(which.where_);
  count_hidden(node);
  drop_if_unused(node);
  return result;
}

std::optional<change> presence_set::leave(std::string_view topic,
                                          std::string_view key,
                                          std::uint64_t owner,
                                          leave_reason why) {
  const auto found = find_place(topic, key, owner);
  if (found.presence() == nullptr)
    return std::nullopt;
  return leave(found, why);
}

void presence_set::leave_owner(std::uint64_t owner, changes& out,
                               leave_reason why) {
  for (const auto* next = owners_.first(owner); next != nullptr;) {
    const auto& one = *std::exchange(next, owner_index::next(*next));
    out.push_back(leave(one, why));
  }
}

void presence_set::reincarnate(const replica_id& self, changes& out) {
  auto& old = *own_;
  know(self, true);
  own_ = state_of(tag_of(self));
  log_.reset(0);
  std::vector<stored_entry*> all;
  old.live.for_each(0, old.known.seen, [&](std::uint64_t, stored_entry& held) {
    all.push_back(&held);
    return true;
  });
  for (auto* before : all) {
    auto& node = *before->topic_;
    auto draft = stored_entry::make_again(*before, before->began());
    stamp(*draft, 0);
    const bool is_owned = owner_index::contains(*before);
    owners_.erase(*before);
    change result{topic_ptr{&node}, unhold(old, before->dot().seq), draft};
    node.replace(*result.before, *draft);
    hold(*own_, node, draft);
    if (!is_owned) // It outlived its owner, and goes on to.
      owners_.erase(*draft);
    out.push_back(std::move(result));
  }
  replicas_.erase(old.tag);
}

} // namespace rollcall::crdt
