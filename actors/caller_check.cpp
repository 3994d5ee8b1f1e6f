#include "actors/caller_check.hpp"

#include "actors/refusal_text.hpp"
#include "actors/runtime.hpp"
#include "rollcall/error.hpp"

#include <caf/abstract_actor.hpp>

#include <fmt/core.h>

namespace rollcall {

caf::error check_started(const std::shared_ptr<runtime>& node) {
  return node ? caf::error{} : not_started();
}

caf::error check_alive(const caf::strong_actor_ptr& who, const char* role) {
  if (!who)
    return make_error(ec::invalid_owner, fmt::format("no {} was given", role));
  if (who->get()->getf(caf::abstract_actor::is_terminated_flag))
    return make_error(ec::invalid_owner, fmt::format("the {} has ended", role));
  return {};
}

bool is_of(const caf::strong_actor_ptr& who, const caf::actor_system& system) {
  return !who || (who->node() == system.node() && who->home_system == &system);
}

caf::error check_local(const caf::strong_actor_ptr& who, const char* role,
                       const runtime& node) {
  if (!is_of(who, node.system))
    return make_error(
        ec::invalid_owner,
        fmt::format("the {} lives on another node; ask there", role));
  return check_alive(who, role);
}

} // namespace rollcall
