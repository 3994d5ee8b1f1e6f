#pragma once

#include "crdt/cluster/cluster_effects.hpp"
#include "crdt/replication/membership.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::crdt {

/// The node names that the certificate of a peer allows; none without TLS.
using allowed_names = std::optional<std::vector<std::string>>;

/// A connection to another node. After its hello the node has a name.
struct connection {
  std::string address; ///< Of the other end; as it was dialed, if it was.
  allowed_names names;
  bool is_dialed = false; ///< This node connected to the other one.
  std::optional<node_incarnation> node; ///< Who accepted us, by its hello.
  bool was_greeted = false;             ///< Our hello was sent.
  tick_time since{}; ///< When it was opened, or its hello was accepted.
  std::optional<tick_time> heard_at; ///< When the last heartbeat came.
  std::optional<tick_time> close_at; ///< When it is closed, as it was refused.
};

/// All connections of a node, in the order of their numbers.
class connection_table {
public:
  using map = std::map<connection_id, connection>;

  connection& add(connection_id id) {
    return all_[id];
  }

  void erase(connection_id id);

  /// The hello of a node was accepted.
  /// @pre the connection is here, and no other one leads to a node of that
  /// name.
  void accept(connection_id id, const node_incarnation& node);

  /// @returns null if there is none.
  [[nodiscard]] connection* find(connection_id id);
  [[nodiscard]] const connection* find(connection_id id) const;

  /// This node was stopped for so long: all may still be new.
  void forgive(tick_time pause, tick_time now);

  /// All that are to be closed, and why: who was refused and did not close, and
  /// those that brought nothing for `silence_max`.
  [[nodiscard]] std::vector<std::pair<connection_id, std::string>>
  overdue(std::chrono::milliseconds silence_max, tick_time now) const;

  /// A connection to the node with this name that was accepted, if any.
  [[nodiscard]] std::optional<connection_id>
  to_node(const std::string& name) const;

  /// All that have been accepted.
  [[nodiscard]] std::vector<connection_id> accepted() const;

  [[nodiscard]] map::iterator begin() {
    return all_.begin();
  }
  [[nodiscard]] map::iterator end() {
    return all_.end();
  }
  [[nodiscard]] map::const_iterator begin() const {
    return all_.begin();
  }
  [[nodiscard]] map::const_iterator end() const {
    return all_.end();
  }

private:
  map all_;
  std::map<std::string, connection_id> accepted_; ///< By node name.
};

} // namespace rollcall::crdt
