#pragma once

#include <cstdint>
#include <memory>

namespace rollcall::test {

/// A TCP port that passes everything on to another one, until told to stand
/// still: then it reads no more, as a peer that was stopped, and the network
/// stays connected.
class relay {
public:
  explicit relay(std::uint16_t target);
  ~relay();

  relay(const relay&) = delete;
  relay& operator=(const relay&) = delete;

  [[nodiscard]] std::uint16_t port() const;

  void stand_still();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace rollcall::test
