#pragma once

#include "crdt/presence_set.hpp"
#include "tests/support/replayed_view.hpp"

#include <cstdint>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::test {

inline constexpr auto everything = std::numeric_limits<std::size_t>::max();

inline crdt::replica_id replica(std::string name,
                                std::uint64_t incarnation = 1) {
  return {std::move(name), incarnation, 0, 0};
}

/// A presence set whose every change is checked to be the exact difference of
/// what it shows. Throws `std::logic_error` when one is not.
class watched_set {
public:
  explicit watched_set(const crdt::replica_id& self,
                       std::size_t deaths_max = 65'536)
      : set{self, deaths_max} {
  }

  bool join(std::string_view topic, std::string_view key, std::uint64_t owner,
            std::string_view meta = "{}") {
    return note(set.join(topic, crdt::stored_entry::make(key, meta, owner)));
  }

  bool update(std::string_view topic, std::string_view key, std::uint64_t owner,
              std::string_view meta) {
    return note(set.update(topic, crdt::stored_entry::make(key, meta, owner)));
  }

  bool leave(std::string_view topic, std::string_view key,
             std::uint64_t owner) {
    return note(set.leave(topic, key, owner));
  }

  void leave_owner(std::uint64_t owner) {
    crdt::changes out;
    set.leave_owner(owner, out);
    note(std::move(out));
  }

  crdt::change replace(const crdt::entry& before, crdt::draft_ptr draft) {
    auto result = set.replace(before, std::move(draft));
    note(crdt::changes{result});
    return result;
  }

  void show(crdt::replica_tag replica, bool is_visible) {
    crdt::changes out;
    set.set_visible(replica, is_visible, out);
    note(std::move(out));
  }

  void forget(crdt::replica_tag replica) {
    crdt::changes out;
    set.forget(replica, out);
    note(std::move(out));
  }

  crdt::apply_result apply(const crdt::interval& interval) {
    crdt::changes out;
    const auto result = set.apply(interval, out);
    note(std::move(out));
    return result;
  }

  /// What this set knows of `of` and one with `known` lacks.
  [[nodiscard]] std::optional<crdt::interval>
  since(crdt::progress known, std::size_t bytes_max = everything) const {
    return set.make_interval(set.self_tag(), known, bytes_max);
  }

  /// Takes from `source` all that it knows better, of every known replica, in
  /// intervals of about `bytes_max`.
  void sync_from(const watched_set& source,
                 std::size_t bytes_max = everything) {
    crdt::changes all;
    for (const auto& id : set.replicas())
      while (
          auto missing = source.set.make_interval(
              crdt::tag_of(id), set.progress_of(crdt::tag_of(id)), bytes_max)) {
        if (apply(*missing) != crdt::apply_result::applied)
          break;
        all.insert(all.end(), last.begin(), last.end());
      }
    last = std::move(all);
  }

  /// What a topic shows: "key/meta", in order.
  [[nodiscard]] std::vector<std::string> list(std::string_view topic) {
    std::vector<std::string> result;
    for (const auto& presence : set.list(topic))
      result.push_back(std::string{presence.key()} + "/"
                       + std::string{presence.meta()});
    return result;
  }

  /// All that is shown: "topic/key/owner/meta".
  [[nodiscard]] std::set<std::string> shown() {
    check();
    std::set<std::string> result;
    for (const auto& [dot, text] : view.shown())
      result.insert(text);
    return result;
  }

  [[nodiscard]] crdt::replica_tag tag() const noexcept {
    return set.self_tag();
  }

  void check() {
    if (const auto problem = view.compare(set))
      throw std::logic_error{*problem};
  }

  void note(crdt::changes reported) {
    last = std::move(reported);
    if (const auto problem = view.take(last))
      throw std::logic_error{*problem};
  }

  crdt::presence_set set;
  replayed_view view;
  crdt::changes last; ///< What the last call reported.

private:
  bool note(std::optional<crdt::change> done) {
    crdt::changes reported;
    if (done)
      reported.push_back(std::move(*done));
    note(std::move(reported));
    return !last.empty();
  }
};

/// Lets every set know every other one, visibly.
inline void introduce(std::initializer_list<watched_set*> sets) {
  for (auto* here : sets)
    for (auto* other : sets)
      here->set.know(other->set.self(), true);
}

/// Three sets that know each other.
struct three_sets {
  explicit three_sets(std::size_t deaths_max_of_a = 65'536)
      : a{replica("a"), deaths_max_of_a} {
    introduce({&a, &b, &c});
  }

  watched_set a;
  watched_set b{replica("b")};
  watched_set c{replica("c")};
};

} // namespace rollcall::test
