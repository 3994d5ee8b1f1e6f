#pragma once

#include "app/examples/arena/database.hpp"
#include "app/examples/arena/messages.hpp"

#include <caf/error.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/expected.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace arena {

/// What the arena remembers: players, who are their friends, and how matches
/// ended. Nothing of it is about who is here now; that is Rollcall's.
///
/// Errors:  `caf::sec::runtime_error` with what the database says.
/// Threads: one at a time.
class ledger {
public:
  [[nodiscard]] static caf::expected<std::unique_ptr<ledger>>
  open(const std::string& where);

  /// Finds a player and the friends, or makes a new player.
  [[nodiscard]] caf::expected<login_answer> login(const std::string& name);

  [[nodiscard]] caf::error change(const friend_change& wish);

  /// Records how a match ended, once: if it is known already, that stays.
  /// @returns what is recorded.
  [[nodiscard]] caf::expected<match_record> record(const match_result& result);

private:
  explicit ledger(database_ptr file) noexcept : file_{std::move(file)} {
  }

  caf::error prepare();
  [[nodiscard]] caf::expected<profile> find(std::string_view name);
  [[nodiscard]] caf::error add(std::string_view name);
  [[nodiscard]] caf::error settle(const match_result& result);
  [[nodiscard]] caf::error insert_and_settle(const match_result& result);

  database_ptr file_;
  statement_ptr add_player_;
  statement_ptr find_player_;
  statement_ptr find_friends_;
  statement_ptr add_friend_;
  statement_ptr remove_friend_;
  statement_ptr add_match_;
  statement_ptr find_match_;
  statement_ptr change_player_;
};

/// The actor of a ledger. It waits for the disk, so spawn it detached.
///
/// Handles: `login_request`, `friend_change`, `match_result`.
caf::behavior ledger_actor(caf::event_based_actor* self,
                           std::shared_ptr<ledger> book);

} // namespace arena
