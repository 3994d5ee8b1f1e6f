#pragma once

#include "app/examples/arena/command.hpp"
#include "app/examples/arena/notice.hpp"

#include <memory>
#include <string_view>

namespace arena {

/// Where a player hears what happens: a TCP connection, or a channel of the
/// gateway. After the connection ended, calls do nothing.
///
/// Threads: any.
class outlet {
public:
  virtual ~outlet() = default;

  /// The login worked.
  virtual void welcome(const notice& news) = 0;

  /// Something happened.
  virtual void push(const notice& news) = 0;

  /// A command was done. Each command that does not end in `welcome` is
  /// answered once, by this or `refuse`.
  virtual void accept(const command& wish) = 0;

  /// A command was not done, for a reason of one word.
  virtual void refuse(const command& wish, std::string_view reason) = 0;
};

using outlet_ptr = std::shared_ptr<outlet>;

} // namespace arena
