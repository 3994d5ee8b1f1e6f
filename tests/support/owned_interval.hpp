#pragma once

#include "crdt/interval.hpp"

#include <deque>
#include <memory>
#include <string>

namespace rollcall::test {

/// An interval that may outlive the set that made it: like one in a receive
/// buffer, it has its topics for itself. Copies share them.
class owned_interval {
public:
  explicit owned_interval(crdt::interval interval)
      : interval_{std::move(interval)},
        topics_{std::make_shared<std::deque<std::string>>()} {
    for (auto& member : interval_.live)
      member.topic = topics_->emplace_back(member.topic);
  }

  const crdt::interval& operator*() const noexcept {
    return interval_;
  }

  const crdt::interval* operator->() const noexcept {
    return &interval_;
  }

private:
  crdt::interval interval_;
  std::shared_ptr<std::deque<std::string>> topics_;
};

} // namespace rollcall::test
