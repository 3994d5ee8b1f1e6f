#include "app/node/secret_arguments.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace rollcall::node {

namespace {

bool names_a_secret(std::string_view key) {
  const auto has = [key](std::string_view word) {
    return key.find(word) != std::string_view::npos;
  };
  return key.starts_with("--rollcall") && !key.ends_with("-file")
         && (has("secret") || has("token"));
}

} // namespace

void hide_secrets(std::span<char*> arguments) noexcept {
  for (char* argument : arguments) {
    const auto length = std::strlen(argument);
    const auto key = std::string_view{argument, length};
    const auto equals = key.find('=');
    if (equals != std::string_view::npos
        && names_a_secret(key.substr(0, equals)))
      std::fill(argument + equals + 1, argument + length, '*');
  }
}

} // namespace rollcall::node
