#pragma once

#include "tests/actors/one_node.hpp"
#include "tests/support/silent_log.hpp"
#include "tests/support/texts.hpp"

namespace rollcall::test {

/// A node, and what actors were told that write it down.
struct listening_node : silent_log, one_node {
  using one_node::one_node;

  /// An actor that does what it is told, and writes down messages as these
  /// functions put them.
  template <class... Message>
  caf::actor listener(std::string (*... words)(const Message&)) {
    actors.push_back(world.system().spawn([=, out = heard](
                                              caf::event_based_actor* self) {
      return caf::behavior{
          [=](const Message& content) { out->push_back(words(content)); }...,
          [self](const task& what) { what(self); },
      };
    }));
    return actors.back();
  }

  std::shared_ptr<texts> heard = std::make_shared<texts>();
};

} // namespace rollcall::test

/// Expects that the listeners were told just this.
#define CHECK_HEARD(...) CHECK_TEXTS(*heard, __VA_ARGS__)
