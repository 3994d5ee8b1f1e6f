#pragma once

#include "rollcall/types.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace rollcall {

/// Key to the presences it has, oldest first within one node.
using metas_by_key = std::map<std::string, std::vector<entry_ptr>, std::less<>>;

/// The embedder's code in the path of the diffs, and of keys that come online
/// and go offline. One instance a shard, made by
/// a `hooks_factory`, so members need no lock: they are the hook's own state.
///
/// Errors:  what a hook throws is logged and counted, and costs that one
///          delivery its enrichment; the diff goes out without.
/// Threads: all calls of one instance follow each other, on the thread of the
///          shard's dispatcher; only `fetch` may be called for `list` on a
///          caller's thread at the same time.
class hooks {
public:
  virtual ~hooks() = default;

  /// Called before the first diff, and again if the dispatcher was restarted.
  /// Lists with enrichment wait for it, so it must not ask for one itself.
  virtual void init() {
  }

  /// Adds fields next to `metas` of each key. Called once for the joins of a
  /// diff, once for its leaves, and once for each list. May block: later diffs
  /// of the shard wait, in order.
  virtual enrichment fetch(const std::string& topic,
                           const metas_by_key& presences) {
    static_cast<void>(topic);
    static_cast<void>(presences);
    return {};
  }

  /// Called with every diff before it is sent.
  virtual void on_diff(const diff& change) {
    static_cast<void>(change);
  }

  /// Called with every diff and with what the topic holds after it; empty when
  /// the last one left.
  virtual void on_metas(const std::string& topic, const diff& change,
                        const metas_by_key& present) {
    static_cast<void>(topic);
    static_cast<void>(change);
    static_cast<void>(present);
  }

  /// Whether `on_online` and `on_offline` are wanted; a node counts its keys if
  /// so, about 250 bytes for each that is online. Says the same at any time.
  virtual bool follows_keys() const {
    return false;
  }

  /// Called when a key has a presence that had none, whatever the topic and the
  /// node. All calls for one key go to the hooks of one shard, and alternate
  /// with `on_offline`. Hooks that are made anew begin with all that are
  /// online, and with `on_offline` of those of which the ones before may not
  /// have been told that.
  virtual void on_online(const std::string& key) {
    static_cast<void>(key);
  }

  /// Called when a key that was online has had no presence for
  /// `config::diff_window`.
  virtual void on_offline(const std::string& key) {
    static_cast<void>(key);
  }
};

/// Makes the hooks of one shard; called once for each, and again if the shard's
/// dispatcher was restarted.
using hooks_factory = std::function<std::unique_ptr<hooks>()>;

} // namespace rollcall
